// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// One finished run of a program.
public struct Run: Sendable {
    public let status: Int32
    /// Ended by a signal rather than by itself.
    public let wasKilled: Bool
    public let output: String
    public let errors: String

    /// What it printed.
    ///
    /// - Throws: what it said instead, for a program that printed no JSON.
    public var json: JSONValue {
        get throws {
            do {
                return try JSONValue(parsing: output)
            } catch {
                throw NoJSON(
                    description:
                        "\(error); status \(status), printed \(output.prefix(500)), said \(errors.suffix(2000))")
            }
        }
    }

    private struct NoJSON: Error, CustomStringConvertible { let description: String }

    /// Runs a program to its end, or kills it with SIGKILL after `killAfter` seconds.
    ///
    /// - Parameters:
    ///   - program: a path, or a name that is looked up on PATH.
    ///   - timeLimit: seconds after which it counts as hanging and is killed.
    public static func program(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = [],
        folder: String? = nil, killAfter: Double? = nil, timeLimit: Double = TestSize.choose(300, full: 1800)
    ) async throws -> Run {
        let files = try TemporaryFolder()
        let child = try await ChildProcess(
            program, arguments, environment: environment, folder: folder, input: files.write(input, to: "in"),
            output: .file(files.path("out")), errors: .file(files.path("err")))
        // The queue keeps even a cancelled item until its time; the child and its files are not to live that long.
        let killer = DispatchWorkItem { [weak child] in child?.signal(SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + (killAfter ?? timeLimit), execute: killer)
        let exit = await child.end()
        killer.cancel()
        func read(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: URL(filePath: files.path(name))), as: UTF8.self)
        }
        return Run(status: exit.status, wasKilled: exit.wasKilled, output: try read("out"), errors: try read("err"))
    }

    /// A tool of the system, found on PATH.
    public static func tool(_ name: String, _ arguments: [String], input: String = "") async throws -> Run {
        try await program(name, arguments, input: Array(input.utf8))
    }
}
