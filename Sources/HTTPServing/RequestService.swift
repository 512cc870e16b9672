// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD
internal import Synchronization

/// What the callbacks of one server need; libmicrohttpd keeps a reference while the daemon runs.
final class RequestService: Sendable {
    let maximumBodySize: Int
    let requestsClientCertificate: Bool
    let isTLS: Bool
    let handler: RequestHandler
    /// Connections are counted and timed here; nil where every connection has a thread of its own.
    let table: ConnectionTable?
    let observe: (@Sendable (AccessRecord) -> Void)?

    private let credentials: Mutex<TLSCredentials?>
    private let open = Mutex(Open())

    /// What holds a suspended connection, or may.
    private struct Open {
        var isStopping = false
        var pending: [ObjectIdentifier: PendingAnswer] = [:]
        var streams: [ObjectIdentifier: any StreamedContent] = [:]
    }

    init(
        maximumBodySize: Int, requestsClientCertificate: Bool = false, tls: ServerTLSIdentity?, handler: RequestHandler,
        table: ConnectionTable? = nil, observe: (@Sendable (AccessRecord) -> Void)? = nil
    ) throws(HTTPServerError) {
        isTLS = tls != nil
        self.requestsClientCertificate = isTLS && requestsClientCertificate
        self.maximumBodySize = maximumBodySize
        self.handler = handler
        self.table = table
        self.observe = observe
        credentials = Mutex(nil)
        if let tls { try use(tls) }
    }

    /// New connections show this certificate; those that are there go on with theirs.
    func use(_ identity: ServerTLSIdentity) throws(HTTPServerError) {
        let made = try TLSCredentials(identity)
        // The old ones may be freed by this, outside of the lock.
        _ = credentials.withLock { exchange(&$0, with: made) }
    }

    /// A connection was made and its handshake has not begun.
    ///
    /// - Returns: its number in the table; 0 where there is no table.
    func begin(_ connection: OpaquePointer) -> Int {
        if requestsClientCertificate { certway_request_certificate(connection) }
        guard let table, let address = ClientAddress(connection) else { return 0 }
        let credentials = credentials.withLock(\.self)
        if let credentials { certway_use_credentials(connection, credentials.pointer) }
        return table.begin(address, certway_connection_descriptor(connection), credentials)
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

    /// A stream becomes an answer. One that begins while the server stops ends at once.
    func begin(_ stream: any StreamedContent, _ body: StreamedBody) {
        let isStopping = open.withLock { open in
            open.streams[ObjectIdentifier(stream)] = stream
            return open.isStopping
        }
        body.whenFreed = { [self] in open.withLock { $0.streams[ObjectIdentifier(stream)] = nil } }
        stream.begin()
        if isStopping { stream.stop() }
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
        for stream in streams { stream.stop() }
    }

    /// Resumes every suspended connection: libmicrohttpd must not be stopped with one.
    func resumeAll() {
        beginStopping()
        for pending in open.withLock({ Array($0.pending.values) }) { pending.giveUp(ServerRefusal.stopping.answer) }
    }
}
