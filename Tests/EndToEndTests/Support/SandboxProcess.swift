// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport

/// A running `certway-sandbox`, stopped with its last owner.
final class SandboxProcess: Sendable {
    private let process: ChildProcess
    /// What the sandbox printed once ready.
    let description: JSONValue

    init(_ arguments: [String]) async throws {
        process = try await ChildProcess(
            BuiltPrograms.path("certway-sandbox"), ["serve", "--unlimited", "--exit-with-parent"] + arguments,
            output: .pipe)
        description = try JSONValue(parsing: try await process.line())
    }

    func text(_ path: String...) -> String {
        path.reduce(Optional(description)) { $0?[$1] }?.string ?? ""
    }

    /// Asks the control API.
    @discardableResult
    func control(_ path: String, method: String = "GET", body: String? = nil) async throws -> JSONValue {
        var arguments = ["-sS", "--fail-with-body", "-X", method, text("control") + path]
        if let body { arguments += ["-H", "Content-Type: application/json", "--data-binary", body] }
        let run = try await Run.tool("curl", arguments)
        guard run.status == 0 else { throw Failure(description: "\(method) \(path): \(run.output) \(run.errors)") }
        return try run.json
    }

    /// What the sandbox refused, in its words.
    struct Failure: Error, CustomStringConvertible { let description: String }
}
