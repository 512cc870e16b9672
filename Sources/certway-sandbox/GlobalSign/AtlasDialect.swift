// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Failures of Atlas (wire/globalsign-atlas.md section 3): a 503 has a support id, and there is never a Retry-After.
struct AtlasDialect: ServiceDialect {
    func throttled(_ generator: inout SeededGenerator) -> Reply { AtlasError.throttled }

    func unavailable(_ generator: inout SeededGenerator) -> Reply {
        AtlasError.reply(503, "Service busy, please retry later", id: generator.guid())
    }

    func noSuchRoute(_ method: String, _ path: String) -> Reply { AtlasError.notFound }

    func failure(status: Int) -> Reply { AtlasError.reply(status, "A failure was ordered") }
}
