// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// A running `certway-sandbox`, stopped with its last owner.
final class SandboxProcess: @unchecked Sendable {
    // Process is not Sendable; it is only asked for its id and to end, after `init` has finished with it.
    private let process: Process
    /// What the sandbox printed once ready.
    let description: JSONValue

    init(_ arguments: [String]) throws {
        process = Process()
        process.executableURL = URL(filePath: BuiltPrograms.path("certway-sandbox"))
        process.arguments = ["serve", "--unlimited"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while !line.contains(0x0A) {
            let piece = pipe.fileHandleForReading.availableData
            guard !piece.isEmpty else { break }
            line += piece
        }
        description = try JSONValue(parsing: line)
    }

    func text(_ path: String...) -> String {
        path.reduce(Optional(description)) { $0?[$1] }?.string ?? ""
    }

    /// Asks the control API.
    func control(_ path: String, method: String = "GET", body: String? = nil) throws -> JSONValue {
        var arguments = ["-sS", "--fail-with-body", "-X", method, text("control") + path]
        if let body { arguments += ["-H", "Content-Type: application/json", "--data-binary", body] }
        return try JSONValue(parsing: Run.tool("curl", arguments).output)
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }
}
