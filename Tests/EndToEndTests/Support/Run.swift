// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport

/// One finished run of a program.
struct Run: Sendable {
    let status: Int32
    /// Ended by a signal rather than by itself.
    let wasKilled: Bool
    let output: String
    let errors: String

    var json: JSONValue {
        get throws { try JSONValue(parsing: output) }
    }

    /// Runs a program to its end, or kills it with SIGKILL after `killAfter` seconds.
    static func program(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], input: String = "",
        killAfter: Double? = nil, timeLimit: Double = 300
    ) throws -> Run {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = try folder.write("", to: "out")
        let errors = try folder.write("", to: "err")
        process.standardInput = FileHandle(forReadingAtPath: try folder.write(input, to: "in"))
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        let killer = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + (killAfter ?? timeLimit), execute: killer)
        process.waitUntilExit()
        killer.cancel()
        return Run(
            status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
            output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }

    static func certway(
        _ arguments: [String], environment: [String: String] = [:], killAfter: Double? = nil, timeLimit: Double = 300
    ) throws -> Run {
        try program(
            BuiltPrograms.path("certway"), arguments, environment: environment, killAfter: killAfter,
            timeLimit: timeLimit)
    }

    /// A tool of the system, found on PATH.
    static func tool(_ name: String, _ arguments: [String], input: String = "") throws -> Run {
        try program("/usr/bin/env", [name] + arguments, input: input)
    }
}
