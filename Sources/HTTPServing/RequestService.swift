// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What the callbacks of one server need; libmicrohttpd keeps a reference while the daemon runs.
final class RequestService: Sendable {
    let maximumBodySize: Int
    let requestsClientCertificate: Bool
    let isTLS: Bool
    let handler: RequestHandler

    private let open = Mutex(Open())

    /// What holds a suspended connection, or may.
    private struct Open {
        var isStopping = false
        var pending: [ObjectIdentifier: PendingAnswer] = [:]
        var streams: [ObjectIdentifier: ServerStream] = [:]
    }

    init(maximumBodySize: Int, requestsClientCertificate: Bool, isTLS: Bool, handler: RequestHandler) {
        self.requestsClientCertificate = requestsClientCertificate
        self.maximumBodySize = maximumBodySize
        self.isTLS = isTLS
        self.handler = handler
    }

    /// Suspends the connection for a handler to come; nil when the server stops, which must not leave one suspended.
    func suspend(_ connection: ConnectionHandle) -> PendingAnswer? {
        open.withLock { open in
            guard !open.isStopping else { return nil }
            let pending = PendingAnswer(connection)
            open.pending[ObjectIdentifier(pending)] = pending
            connection.suspend()
            return pending
        }
    }

    func remove(_ pending: PendingAnswer) {
        open.withLock { $0.pending[ObjectIdentifier(pending)] = nil }
    }

    /// The body of a stream's answer. One that begins while the server stops ends at once.
    func begin(_ stream: ServerStream, on connection: ConnectionHandle) -> StreamedBody {
        let isStopping = open.withLock { open in
            open.streams[ObjectIdentifier(stream)] = stream
            return open.isStopping
        }
        stream.begin()
        if isStopping { stream.end() }
        return StreamedBody(stream, on: connection) { [self] in
            open.withLock { $0.streams[ObjectIdentifier(stream)] = nil }
        }
    }

    /// How many requests wait for their handlers, and how many streams are open.
    var busy: (requests: Int, streams: Int) { open.withLock { ($0.pending.count, $0.streams.count) } }

    func keepStreamsAlive(silentFor silence: Duration) {
        for stream in open.withLock({ Array($0.streams.values) }) { stream.keepAlive(silentFor: silence) }
    }

    /// From now on no connection is suspended for a handler, and streams end with what they have.
    func beginStopping() {
        let streams = open.withLock { open in
            open.isStopping = true
            return Array(open.streams.values)
        }
        for stream in streams { stream.end() }
    }

    /// Resumes every suspended connection: libmicrohttpd must not be stopped with one.
    func resumeAll() {
        beginStopping()
        for pending in open.withLock({ Array($0.pending.values) }) { pending.giveUp(Self.stopping) }
    }

    static let stopping = ServerAnswer.text("the service is stopping", status: 503)
}
