// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The independent judge: Python with the package cryptography.
enum Python {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a script with arguments and gives what it printed.
    ///
    /// - Throws: `Failure` with what it said when it does not end well.
    static func run(_ script: String, _ arguments: [String] = [], input: [UInt8] = []) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script] + arguments
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: input)
        try stdin.fileHandleForWriting.close()
        let output = String(decoding: stdout.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let problem = String(decoding: stderr.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: problem) }
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
