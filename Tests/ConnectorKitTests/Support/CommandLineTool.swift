// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// An independent program that judges our results.
enum CommandLineTool {
    /// - Returns: what it wrote and its exit status; nil when it is not installed.
    static func run(_ name: String, _ arguments: [String], input: String = "") throws -> (
        output: String, status: Int32
    )? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/\(name)")
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/\(name)") else { return nil }
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
