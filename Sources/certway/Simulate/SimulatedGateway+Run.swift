// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

extension SimulatedGateway {
    /// A command that was run to its end, or killed.
    struct Run: Sendable {
        var status: Int32
        var wasKilled: Bool
        var output: String
        var errors: String
        var seconds: Double
        var ended = ContinuousClock.now
        var json: JSONValue? { try? JSONValue(parsing: Data(output.utf8)) }
        /// Why it gave no answer.
        var lastWords: String {
            errors.split(separator: "\n").last.map(String.init) ?? "the command ended with \(status)"
        }

        /// - Throws: what keeps the program from starting.
        static func start(
            _ program: URL, _ arguments: [String], _ environment: [String: String], killedAfter moment: Double?
        ) throws -> Run {
            let process = Process()
            process.executableURL = program
            process.arguments = arguments
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            let (output, errors) = (Pipe(), Pipe())
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output
            process.standardError = errors
            let start = ContinuousClock.now
            try process.run()
            let identifier = process.processIdentifier
            let killer = DispatchWorkItem { kill(identifier, SIGKILL) }
            if let moment { DispatchQueue.global().asyncAfter(deadline: .now() + moment, execute: killer) }
            let said = Bytes()
            let reader = Thread { said.take(errors.fileHandleForReading.readDataToEndOfFile()) }
            reader.start()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            let complaints = said.wait()
            process.waitUntilExit()
            killer.cancel()
            return Run(
                status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
                output: String(decoding: data, as: UTF8.self), errors: String(decoding: complaints, as: UTF8.self),
                seconds: start.duration(to: .now) / .seconds(1))
        }
    }
}

/// What another thread reads, waited for.
private final class Bytes: @unchecked Sendable {
    // Written once before the signal, read after it.
    private var data = Data()
    private let signal = DispatchSemaphore(value: 0)

    func take(_ data: Data) {
        self.data = data
        signal.signal()
    }

    func wait() -> Data {
        signal.wait()
        return data
    }
}
