// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// An independent judge: a command line tool whose answer decides a test.
enum Tool {
    struct Failure: Error, CustomStringConvertible { var description: String }

    /// Runs a tool and returns what it printed; a status other than 0 throws with what it said.
    @discardableResult
    static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: arguments.joined(separator: " ") + ": " + String(decoding: said, as: UTF8.self))
        }
        return String(decoding: printed, as: UTF8.self)
    }
}
