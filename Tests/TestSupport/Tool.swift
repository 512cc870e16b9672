// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// An independent judge: a command line tool whose answer decides a test.
public enum Tool {
    public struct Failure: Error, CustomStringConvertible { public let description: String }

    /// Runs a tool and returns what it printed.
    ///
    /// - Parameter folder: where it works; nil for this process' own.
    /// - Throws: `Failure` with what it said when its status is not 0, or when it is not there.
    @discardableResult
    public static func run(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:], folder: String? = nil
    ) async throws -> String {
        let run = try await Run.program(
            arguments[0], Array(arguments.dropFirst()), environment: environment, input: input, folder: folder)
        guard run.status == 0, !run.wasKilled else {
            throw Failure(
                description: "\(arguments.joined(separator: " ")): status \(run.status): \(run.output) \(run.errors); "
                    + "Scripts/bootstrap --tests installs what the tests need")
        }
        return run.output
    }

    public static func openssl(_ arguments: String..., input: [UInt8] = []) async throws -> String {
        try await run(["openssl"] + arguments, input: input)
    }

    /// Runs a Python program over the `cryptography` package.
    public static func python(_ program: String, _ arguments: String..., input: [UInt8] = []) async throws -> String {
        try await run(["python3", "-c", program] + arguments, input: input)
    }
}
