// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A running program that a test started. It ends with its last owner, and with this process, however that ends.
public final class ChildProcess: @unchecked Sendable {
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
        /// 0 until the program runs. Foundation forgets it as soon as the program ends, and a signal to 0 is one to our
        /// whole process group.
        var identifier: Int32 = 0
        var exit: Exit?
        var waiting: [CheckedContinuation<Exit, Never>] = []
    }

    // Foundation's Process is not Sendable: it is set up here, started by one thread, and only asked for its id afterwards.
    private let process = Process()
    private let input: Pipe?
    private let output: Pipe?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - program: a path, or a name that is looked up on PATH.
    ///   - environment: beside this process' own.
    ///   - input: what it reads; nil for an input that stays open and empty until its last owner lets go.
    /// - Throws: when there is no such program, or no `setpriv` (util-linux).
    public init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], folder: String? = nil,
        input file: String? = nil, output: Output = .none, errors: Output = .none
    ) async throws {
        process.executableURL = URL(filePath: "/usr/bin/setpriv")
        // SIGTERM lets a program take its own children with it.
        process.arguments = ["--pdeathsig", "TERM", "--", program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(filePath: folder) }
        input = file == nil ? Pipe() : nil
        let read = try file.map { try FileHandle(forReadingFrom: URL(filePath: $0)) }
        let (written, said) = (try Self.target(output), try Self.target(errors))
        process.standardInput = read ?? input
        if case .pipe = output { self.output = Pipe() } else { self.output = nil }
        process.standardOutput = written ?? self.output
        process.standardError = said
        process.terminationHandler = { [weak self] process in
            self?.ended(
                Exit(status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal))
        }
        try await SpawningThread.run {
            try self.process.run()
            let identifier = self.process.processIdentifier
            self.state.withLock { $0.identifier = identifier }
        }
        // The program has its own. Foundation keeps a Process for good, with what it was given, and its socket manager does not stand
        // file descriptors beyond a thousand.
        for handle in [read, written, said] where handle !== FileHandle.nullDevice { try handle?.close() }
    }

    private static func target(_ output: Output) throws -> FileHandle? {
        switch output {
        case .none: return .nullDevice
        case .pipe: return nil
        case .file(let path):
            _ = FileManager.default.createFile(atPath: path, contents: nil)
            return try FileHandle(forWritingTo: URL(filePath: path))
        }
    }

    private func ended(_ exit: Exit) {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.exit = exit
            return state.waiting
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
    public func closeInput() { try? input?.fileHandleForWriting.close() }

    /// One line of standard output, which must be `.pipe`.
    ///
    /// - Returns: what came up to the line's end, or up to the end of the output.
    public func line() async throws -> String {
        guard let output else { return "" }
        return try await blocking {
            var line = Data()
            while line.last != UInt8(ascii: "\n") {
                guard let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty else { break }
                line += byte
            }
            return String(decoding: line, as: UTF8.self)
        }
    }

    deinit { signal(SIGTERM) }
}
