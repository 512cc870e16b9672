// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// A server of ours as a child process: says on its first line where it is, ends with its owner.
final class ServiceProcess: @unchecked Sendable {
    // Process is not Sendable; after init it is only told to end, in deinit.
    private let process = Process()
    private let input = Pipe()
    let description: JSONValue

    init(_ program: String, _ arguments: [String]) throws {
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while !line.contains(0x0A) {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw BenchmarkError("\(program) ended before it was ready") }
            line += piece
        }
        description = try JSONValue(parsing: line)
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }
}
