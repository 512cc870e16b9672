// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Programs that judge or disturb from outside.
enum Tool {
    /// Runs Python with its own SQLite; the arguments are `sys.argv[1...]`.
    static func python(_ script: String, _ arguments: String...) throws -> String {
        let (process, output) = try start("/usr/bin/env", ["python3", "-c", script] + arguments)
        let text = String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "python: \(text)")
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static func start(
        _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (process: Process, output: FileHandle) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardError = FileHandle.nullDevice
        process.standardOutput = pipe
        try process.run()
        return (process, pipe.fileHandleForReading)
    }

    /// What another SQLite finds wrong with the file.
    static func judge(_ path: String) throws {
        let verdict = try python(
            """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1])
            print(c.execute('PRAGMA integrity_check').fetchall(), c.execute('PRAGMA foreign_key_check').fetchall())
            """, path)
        #expect(verdict == "[('ok',)] []")
    }
}
