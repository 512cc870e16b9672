// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// An independent program that judges our results.
enum CommandLineTool {
    struct Missing: Error, CustomStringConvertible { let description: String }

    /// - Returns: what it wrote and its exit status.
    /// - Throws: also when it is not installed: a comparison with nothing must not pass.
    static func run(_ name: String, _ arguments: [String], input: String = "") throws -> (
        output: String, status: Int32
    ) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/\(name)")
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/\(name)") else {
            throw Missing(description: "/usr/bin/\(name) is missing, which judges this test: Scripts/bootstrap --tests")
        }
        process.arguments = arguments
        let (standardInput, standardOutput) = (Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = FileHandle.nullDevice
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let output = try standardOutput.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (String(decoding: output, as: UTF8.self), process.terminationStatus)
    }
}
