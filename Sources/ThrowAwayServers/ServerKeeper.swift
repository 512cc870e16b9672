// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A shell that starts the server, and ends it when we end, however we end: its input is a pipe whose other end closes with this
/// process.
final class ServerKeeper: Sendable {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let pid = Mutex<Int32>(0)

    /// - Parameters:
    ///   - command: the server's; it stays in the foreground.
    ///   - folder: everything of the server; removed when it has ended.
    init(_ command: [String], folder: String) async throws {
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", Self.script, "sh", folder] + command
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        // On a thread that blocks no signal: a shell that never hears of SIGCHLD waits for ever.
        try await LocalProgram.onOwnThread { [process] in try process.run() }
    }

    /// Signals that a terminal sends to everybody are not for the keeper: it ends with its input alone. SIGQUIT makes both servers
    /// end without delay and leave no shared memory behind.
    private static let script = """
        trap '' INT HUP TERM QUIT
        folder=$1; shift; pid=
        while read -r word; do
            [ -n "$pid" ] && wait "$pid" 2>/dev/null
            (trap - INT HUP TERM QUIT; exec "$@" >>"$folder/server.log" 2>&1 </dev/null) & pid=$!
            echo "$pid"
        done
        if [ -n "$pid" ]; then
            kill -QUIT "$pid"; kill -CONT "$pid"
            (sleep 3; kill -KILL "$pid") >/dev/null 2>&1 & killer=$!
            wait "$pid"; kill "$killer"
        fi
        rm -rf "$folder" || { sleep 1; rm -rf "$folder"; }
        """

    /// Of the server itself.
    var identifier: Int32 { pid.withLock { $0 } }

    /// Starts the server, or starts it again once it has ended.
    func start() async throws {
        let (input, output) = (input.fileHandleForWriting, output.fileHandleForReading)
        let started = try await LocalProgram.onOwnThread {
            try input.write(contentsOf: Data("start\n".utf8))
            var line = Data()
            while line.last != UInt8(ascii: "\n"), let byte = try output.read(upToCount: 1), !byte.isEmpty {
                line += byte
            }
            return Int32(String(decoding: line.dropLast(), as: UTF8.self))
        }
        guard let started else { throw ThrowAwayServerError("the shell that keeps the server has ended") }
        pid.withLock { $0 = started }
    }

    var isRunning: Bool {
        let identifier = identifier
        guard identifier > 0, let status = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)
        else {
            return false
        }
        // One that has ended and that the shell has not buried yet.
        return !status.contains(") Z ")
    }

    func signal(_ number: Int32) {
        let identifier = identifier
        if identifier > 0 { kill(identifier, number) }
    }

    /// The same for all processes of the server: PostgreSQL has one for each connection.
    func signalAll(_ number: Int32) {
        let identifier = identifier
        signal(number)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let child = Int32(name), Self.status("/proc/\(name)").parent == identifier else { continue }
            kill(child, number)
        }
    }

    /// What the kernel says of a process or thread; nothing of one that is gone.
    private static func status(_ folder: String) -> (state: Substring?, parent: Int32?) {
        let text = (try? String(contentsOfFile: "\(folder)/stat", encoding: .utf8)) ?? ""
        // The name of the program stands in parentheses and may have blanks in it; state and parent follow.
        let facts = text.split(separator: ")").last?.split(separator: " ") ?? []
        return (facts.first, facts.dropFirst().first.flatMap { Int32($0) })
    }

    /// Waits, for some seconds at most, until no thread of the server runs: a signal takes its time on a busy machine.
    func waitUntilStopped() {
        let folder = "/proc/\(identifier)/task"
        for _ in 0..<500 {
            let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            if threads.allSatisfy({ Self.status("\(folder)/\($0)").state == "T" }) { return }
            usleep(10_000)
        }
    }

    /// Ends the server and removes its folder.
    func end() async throws {
        try input.fileHandleForWriting.close()
        try await LocalProgram.onOwnThread { [process] in process.waitUntilExit() }
    }
}
