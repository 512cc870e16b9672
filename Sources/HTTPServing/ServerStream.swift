// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A stream of events to one client, for `ServerAnswer.stream`: it stays open until one side ends it.
///
/// Events wait in a bounded queue. When a client reads so slowly that the queue is full, all of them are dropped for one
/// `resync` event: memory stays bounded and the client learns that it missed something. The server ends all streams
/// before it stops, and sends a comment every 15 seconds, by which it notices that a client left.
public final class ServerStream: Sendable {
    fileprivate let state: Mutex<State>

    fileprivate struct State {
        let capacity: Int
        /// What goes out now, from `sent` on; whole before the next begins, so that no event is torn.
        var current: [UInt8] = []
        var sent = 0
        var queue: [[UInt8]] = []
        /// There while the connection is suspended because nothing was to be sent.
        var suspended: ConnectionHandle?
        var isEnded = false
        var isClosed = false
        var lastWrite = ContinuousClock.now
        var whenClosed: (@Sendable () -> Void)?
    }

    /// - Parameter capacity: how many events may wait for the client.
    public init(capacity: Int = 256) {
        state = Mutex(State(capacity: max(capacity, 1)))
    }

    /// Whether events still reach the client.
    public var isOpen: Bool { state.withLock { !$0.isEnded && !$0.isClosed } }

    /// How many events wait for the client.
    public var waiting: Int { state.withLock(\.queue.count) }

    /// Adds an event; never waits. Nothing happens once the stream has ended.
    public func send(_ event: ServerEvent) {
        let bytes = event.bytes
        state.withLock { state in
            guard !state.isEnded, !state.isClosed else { return }
            if state.queue.count >= state.capacity { state.queue = [ServerEvent.resync.bytes] }
            state.queue.append(bytes)
            state.wake()
        }
    }

    /// Ends the stream once what waits is sent.
    public func end() {
        state.withLock { state in
            state.isEnded = true
            state.wake()
        }
    }

    /// Calls `action` once when the stream is over, whichever side ended it; at once if it is over already.
    public func whenClosed(_ action: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            if !state.isClosed { state.whenClosed = action }
            return state.isClosed
        }
        if isOver { action() }
    }

}

extension ServerStream: StreamedContent {
    var isPaced: Bool { false }

    /// The server will send it: begins with how soon a client shall come back.
    func begin() {
        state.withLock { $0.queue.insert(Array("retry: 3000\n\n".utf8), at: 0) }
    }

    /// A comment for a stream that was silent, so that proxies keep it and a client that left is noticed.
    func keepAlive(silentFor silence: Duration) {
        state.withLock { state in
            guard !state.isEnded, !state.isClosed, state.queue.isEmpty, state.sent == state.current.count,
                ContinuousClock.now - state.lastWrite >= silence
            else { return }
            state.queue.append(Array(":\n\n".utf8))
            state.wake()
        }
    }

    /// Copies what is next. Nothing to send suspends the connection, under the same lock that `send` takes to resume it.
    func read(into buffer: UnsafeMutableRawBufferPointer, _ connection: ConnectionHandle) -> StreamedPart {
        state.withLock { state in
            var count = 0
            while count < buffer.count {
                if state.sent == state.current.count {
                    guard !state.queue.isEmpty else { break }
                    state.current = state.queue.removeFirst()
                    state.sent = 0
                }
                let part = min(buffer.count - count, state.current.count - state.sent)
                buffer[count..<count + part].copyBytes(from: state.current[state.sent..<state.sent + part])
                state.sent += part
                count += part
            }
            if count > 0 {
                state.lastWrite = .now
                return .bytes(count)
            }
            if state.isEnded { return .end }
            state.suspended = connection
            connection.suspend()
            return .bytes(0)
        }
    }

    func stop() { end() }

    /// The connection is over.
    func close() {
        let action = state.withLock { state in
            state.isClosed = true
            state.queue = []
            defer { state.whenClosed = nil }
            return state.whenClosed
        }
        action?()
    }
}

extension ServerStream.State {
    mutating func wake() {
        suspended?.resume()
        suspended = nil
    }
}
