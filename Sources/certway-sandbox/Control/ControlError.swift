// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Refusals of the control API: a sentence for whoever wrote the test.
enum ControlError {
    static func reply(_ message: String, status: Int = 400) -> Reply {
        .json(["error": .string(message)], status: status)
    }
}

/// The control API does not play a service that fails.
struct ControlDialect: ServiceDialect {
    func throttled(_ generator: inout SeededGenerator) -> Reply { ControlError.reply("throttled", status: 429) }
    func unavailable(_ generator: inout SeededGenerator) -> Reply { ControlError.reply("unavailable", status: 503) }
    func noSuchRoute(_ method: String, _ path: String) -> Reply {
        ControlError.reply("there is no \(method) \(path); see docs/sandbox.md", status: 404)
    }
    func failure(status: Int) -> Reply { ControlError.reply("failed; standard error says why", status: status) }
}
