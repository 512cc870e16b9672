// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CSpawn
import Foundation
import Synchronization

/// A running program that a test started. It ends with its last owner, and with this process, however that ends.
public final class ChildProcess: Sendable {
    public struct Exit: Sendable {
        public let status: Int32
        /// Ended by a signal rather than by itself.
        public let wasKilled: Bool
    }

    /// What comes on the program's standard output.
    public enum Output {
        case none
        case file(String)
        case pipe
    }

    private struct State {
        /// 0 until the program runs: a signal to 0 is one to our whole process group.
        var identifier: Int32 = 0
        var exit: Exit?
        var waiting: [CheckedContinuation<Exit, Never>] = []
    }

    /// Our end of a pipe; nil where the program has a file.
    private let input: FileHandle?
    private let output: FileHandle?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - program: a path, or a name that is looked up on PATH.
    ///   - environment: beside this process' own.
    ///   - input: what it reads; nil for an input that stays open and empty until its last owner lets go.
    /// - Throws: when there is no such file or folder, or no `setpriv` (util-linux). A program that there is not ends with 127.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], folder: String? = nil,
        input file: String? = nil, output: Output = .none, errors: Output = .none
    ) async throws {
        var inner: [FileHandle] = []
        func channel(_ outer: KeyPath<Pipe, FileHandle>, _ end: KeyPath<Pipe, FileHandle>) -> FileHandle {
            let pipe = Pipe()
            inner.append(pipe[keyPath: end])
            return pipe[keyPath: outer]
        }
        func target(_ output: Output) throws -> FileHandle? {
            switch output {
            case .none: inner.append(try FileHandle(forWritingTo: URL(filePath: "/dev/null")))
            case .pipe: return channel(\.fileHandleForReading, \.fileHandleForWriting)
            case .file(let path):
                _ = FileManager.default.createFile(atPath: path, contents: nil)
                inner.append(try FileHandle(forWritingTo: URL(filePath: path)))
            }
            return nil
        }
        if let file {
            inner.append(try FileHandle(forReadingFrom: URL(filePath: file)))
            input = nil
        } else {
            input = channel(\.fileHandleForWriting, \.fileHandleForReading)
        }
        self.output = try target(output)
        _ = try target(errors)
        let handles = inner
        // SIGTERM lets a program take its own children with it.
        let words = ["/usr/bin/setpriv", "--pdeathsig", "TERM", "--", program] + arguments
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        let identifier = try await SpawningThread.run {
            try Self.spawn(words, variables, folder, handles.map(\.fileDescriptor))
        }
        state.withLock { $0.identifier = identifier }
        for handle in handles { try handle.close() }
        Thread.detachNewThread { [weak self] in
            // Its id is nobody else's until it is waited for, which nobody signals meanwhile.
            var info = siginfo_t()
            while waitid(P_PID, id_t(identifier), &info, WEXITED | WNOWAIT) == -1, errno == EINTR {}
            guard let self else {
                waitpid(identifier, nil, 0)
                return
            }
            self.reap(identifier)
        }
    }

    /// Foundation's own way keeps sockets and files of programs that have ended, and was seen to crash when one of a thousand went.
    private static func spawn(
        _ words: [String], _ environment: [String], _ folder: String?, _ descriptors: [Int32]
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        if let folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let arguments = words.map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var identifier: pid_t = 0
        let status = posix_spawn(&identifier, words[0], &actions, &attributes, arguments, variables)
        guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: status) ?? .EIO) }
        return identifier
    }

    private func reap(_ identifier: Int32) {
        let (exit, waiting) = state.withLock { state in
            var status: Int32 = 0
            waitpid(identifier, &status, 0)
            let number = status & 0x7F
            let exit = Exit(status: number == 0 ? status >> 8 & 0xFF : number, wasKilled: number != 0)
            defer { state.waiting = [] }
            state.exit = exit
            return (exit, state.waiting)
        }
        for continuation in waiting { continuation.resume(returning: exit) }
    }

    public var identifier: Int32 { state.withLock(\.identifier) }

    public var isRunning: Bool { state.withLock { $0.exit == nil } }

    /// Sends a signal while the program runs.
    public func signal(_ number: Int32) {
        state.withLock { state in
            if state.exit == nil, state.identifier > 0 { kill(state.identifier, number) }
        }
    }

    /// Waits for the end, without holding a thread. A cancelled task, as after a time limit, kills the program.
    public func end() async -> Exit {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let exit = state.withLock { state in
                    if state.exit == nil { state.waiting.append(continuation) }
                    return state.exit
                }
                if let exit { continuation.resume(returning: exit) }
            }
        } onCancel: {
            signal(SIGKILL)
        }
    }

    /// Closes the program's standard input.
    public func closeInput() { try? input?.close() }

    /// One line of standard output, which must be `.pipe`.
    ///
    /// - Returns: what came up to the line's end, or up to the end of the output.
    public func line() async throws -> String {
        guard let output else { return "" }
        return try await blocking {
            var line = Data()
            while line.last != UInt8(ascii: "\n") {
                guard let byte = try output.read(upToCount: 1), !byte.isEmpty else { break }
                line += byte
            }
            return String(decoding: line, as: UTF8.self)
        }
    }

    deinit { signal(SIGTERM) }
}
