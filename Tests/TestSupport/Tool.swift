// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// An independent judge: a command line tool whose answer decides a test.
public enum Tool {
    public struct Failure: Error, CustomStringConvertible { public let description: String }

    /// Runs a tool and returns what it printed; a status other than 0 throws with what it said.
    @discardableResult
    public static func run(_ arguments: [String], input: [UInt8] = []) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        let errors = Pipe()
        let feed = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = feed
        try process.run()
        try feed.fileHandleForWriting.write(contentsOf: input)
        try feed.fileHandleForWriting.close()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: arguments.joined(separator: " ") + ": " + String(decoding: said, as: UTF8.self))
        }
        return String(decoding: printed, as: UTF8.self)
    }

    public static func openssl(_ arguments: String..., input: [UInt8] = []) throws -> String {
        try run(["openssl"] + arguments, input: input)
    }

    /// Runs a Python program over the `cryptography` package.
    public static func python(_ program: String, _ arguments: String..., input: [UInt8] = []) throws -> String {
        try run(["python3", "-c", program] + arguments, input: input)
    }
}
