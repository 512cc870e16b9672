// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The built `certway-sandbox`, serving while this object lives.
final class SandboxProcess {
    /// The line that says where everything is.
    let ready: String
    private let process = Process()
    private let input = Pipe()

    /// - Parameter options: of `certway-sandbox serve`.
    init(_ options: [String]) throws {
        let output = Pipe()
        process.executableURL = Self.program
        process.arguments = ["serve", "--exit-with-parent"] + options
        process.standardOutput = output
        process.standardInput = input
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n"), let byte = try output.fileHandleForReading.read(upToCount: 1)?.first {
            line.append(byte)
        }
        ready = String(decoding: line, as: UTF8.self)
    }

    /// Closes its standard input, which ends it, and returns its exit status.
    func stop() throws -> Int32 {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        return process.terminationStatus
    }

    func signal(_ number: Int32) -> Int32 {
        kill(process.processIdentifier, number)
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit { if process.isRunning { process.terminate() } }

    /// Programs lie beside the test bundle.
    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("certway-sandbox")
}
