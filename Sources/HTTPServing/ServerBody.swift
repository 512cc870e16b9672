// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A body of any length that is made while it is sent, for `ServerAnswer.body`: whoever makes it waits until the client has taken what
/// it was given, so that no more than two pieces are in memory. A body whose making fails breaks off, by which the client learns that
/// it is not whole (RFC 9112 section 8).
public final class ServerBody: Sendable {
    /// The client has left, took too long, or the server stops: nobody reads the rest.
    public struct Left: Error {}

    private let make: @Sendable (ServerBody) async throws -> Void
    private let state = Mutex(State())

    private struct State {
        var current: [UInt8] = []
        var sent = 0
        var next: [UInt8]?
        /// There while `next` waits for its turn.
        var maker: CheckedContinuation<Void, any Error>?
        /// There while the connection is suspended because nothing was to be sent.
        var suspended: ConnectionHandle?
        var end: StreamedPart?
        var isClosed = false

        mutating func wake() {
            suspended?.resume()
            suspended = nil
        }

        /// Whoever makes it is told after the lock was left.
        mutating func release() -> CheckedContinuation<Void, any Error>? {
            defer { maker = nil }
            return maker
        }
    }

    /// - Parameter make: gives the body piece by piece by `send`; called once, when the answer is sent.
    public init(_ make: @escaping @Sendable (ServerBody) async throws -> Void) { self.make = make }

    /// Gives the next piece, and waits until the one before is sent.
    ///
    /// - Throws: `Left` when nobody reads it any more.
    public func send(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await withCheckedThrowingContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.end == nil, !state.isClosed else { return true }
                state.next = bytes
                state.maker = continuation
                state.wake()
                return false
            }
            if isOver { continuation.resume(throwing: Left()) }
        }
    }

    private func finish(_ end: StreamedPart) {
        let maker = state.withLock { state in
            state.end = state.end ?? end
            state.wake()
            return state.release()
        }
        maker?.resume(throwing: Left())
    }
}

extension ServerBody: StreamedContent {
    var isPaced: Bool { true }

    func begin() {
        Task { [make] in
            do {
                try await make(self)
                finish(.end)
            } catch {
                finish(.broken)
            }
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, _ connection: ConnectionHandle) -> StreamedPart {
        let (part, maker) = state.withLock { state -> (StreamedPart, CheckedContinuation<Void, any Error>?) in
            if case .broken = state.end { return (.broken, state.release()) }
            var maker: CheckedContinuation<Void, any Error>?
            if state.sent == state.current.count, let next = state.next {
                (state.current, state.sent, state.next) = (next, 0, nil)
                maker = state.release()
            }
            let count = min(buffer.count, state.current.count - state.sent)
            if count > 0 {
                buffer[..<count].copyBytes(from: state.current[state.sent..<state.sent + count])
                state.sent += count
                return (.bytes(count), maker)
            }
            if let end = state.end { return (end, maker) }
            state.suspended = connection
            connection.suspend()
            return (.bytes(0), maker)
        }
        maker?.resume()
        return part
    }

    func stop() { finish(.broken) }

    func close() {
        let maker = state.withLock { state in
            state.isClosed = true
            (state.current, state.next) = ([], nil)
            return state.release()
        }
        maker?.resume(throwing: Left())
    }

    func keepAlive(silentFor silence: Duration) {}
}
