// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Apache that signs people in by NTLM and Kerberos in front of pages: `ADCSPluginTests/Servers/front.py`, ended with its
/// owner or with this process.
public final class FrontServer: Sendable {
    private let process: ChildProcess
    // What it said is read when it could not start.
    private let folder: TemporaryFolder
    /// What a client needs, as the server printed it.
    public let facts: JSONValue

    private struct Failure: Error, CustomStringConvertible { var description: String }

    /// - Parameter arguments: those of `front.py`.
    public init(_ arguments: [String] = []) async throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        folder = try TemporaryFolder()
        process = try await ChildProcess(
            "/usr/bin/python3", [tests.appending(path: "ADCSPluginTests/Servers/front.py").path] + arguments,
            output: .pipe, errors: .file(folder.path("errors")))
        let line = try await process.line()
        guard !line.isEmpty else {
            throw Failure(description: try String(contentsOfFile: folder.path("errors"), encoding: .utf8))
        }
        facts = try JSONValue(parsing: line)
    }

    /// The text at that place of `facts`, empty when there is none.
    public func text(_ keys: String...) -> String {
        keys.reduce(JSONValue?.some(facts)) { $0?[$1] }?.string ?? ""
    }
}
