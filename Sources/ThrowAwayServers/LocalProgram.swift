// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Programs of this machine, run on threads of their own.
enum LocalProgram {
    /// Where a program is: on PATH or where Debian keeps what only root runs.
    static func find(_ name: String, in folders: [String] = []) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":").map(String.init) ?? []
        return (folders + path + ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]).lazy.map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a program to its end.
    ///
    /// - Returns: what it printed.
    /// - Throws: `ThrowAwayServerError` with what it said when its status is not 0.
    static func run(_ command: [String], input: String = "") async throws -> String {
        try await onOwnThread {
            let process = Process()
            process.executableURL = URL(filePath: command[0])
            process.arguments = Array(command.dropFirst())
            let (entry, exit) = (Pipe(), Pipe())
            process.standardInput = entry
            process.standardOutput = exit
            process.standardError = exit
            try process.run()
            // One that ends before it has read says why by its status; only now, for a child begins with what its parent blocks.
            var pipe = sigset_t()
            sigemptyset(&pipe)
            sigaddset(&pipe, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &pipe, nil)
            try? entry.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try? entry.fileHandleForWriting.close()
            let output = String(decoding: try exit.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw ThrowAwayServerError("\(command[0]) ended with status \(process.terminationStatus): \(output)")
            }
            return output
        }
    }

    /// Swift has one thread per core for everything; who waits for a program must not hold one.
    static func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                // A child begins with the signals that its parent's thread blocks.
                var none = sigset_t()
                sigemptyset(&none)
                pthread_sigmask(SIG_SETMASK, &none, nil)
                continuation.resume(with: Result { try body() })
            }
        }
    }
}
