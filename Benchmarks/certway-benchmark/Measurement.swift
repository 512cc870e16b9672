// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// A program that is run and prints one JSON object about itself.
struct Measurement {
    let program: String
    let arguments: [String]
    /// The command line as a person would type it.
    let text: String

    /// - Parameter folders: working folders, shown as the names given.
    init(_ program: String, _ arguments: [String], folders: KeyValuePairs<String, String> = [:]) {
        self.program = program
        self.arguments = arguments
        var text = ([URL(filePath: program).lastPathComponent] + arguments).joined(separator: " ")
        for (path, name) in folders { text = text.replacing(path, with: name) }
        self.text = text
    }

    /// Runs the program to its end.
    ///
    /// - Returns: the last line it printed.
    /// - Throws: `BenchmarkError` when it fails, with its last words.
    func run() throws -> JSONValue {
        let process = Process()
        let output = Pipe()
        // A file: whoever reads one pipe to its end must not let another fill up.
        let errors = FileManager.default.temporaryDirectory.appending(
            path: "certway-benchmark-\(UUID().uuidString).log")
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        do {
            try process.run()
        } catch {
            throw BenchmarkError("cannot run \(program): \(error.localizedDescription); Scripts/benchmark builds it")
        }
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let words = ((try? String(contentsOf: errors, encoding: .utf8)) ?? "").suffix(2000)
            throw BenchmarkError("\(text): status \(process.terminationStatus)\n\(words)")
        }
        let lines = String(decoding: printed, as: UTF8.self).split(separator: "\n")
        return try JSONValue(parsing: String(lines.last ?? "null"))
    }
}
