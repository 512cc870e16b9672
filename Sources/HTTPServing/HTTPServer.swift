// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// An HTTP/1.1 server over libmicrohttpd.
///
/// It serves from `init` until `stop()` or until it is let go. Two kinds: with an asynchronous handler a few threads move
/// the bytes of all connections, and a connection is suspended while its handler runs; with a blocking handler every
/// connection has a thread, so that the handler may sleep. The first is for services, the second for imitated ones.
public final class HTTPServer: Sendable {
    /// The port in use, also when 0 was asked for.
    public let port: UInt16
    /// `http://127.0.0.1:43210`, or `https://…` with TLS, without a slash at the end.
    public let url: String
    private let service: RequestService
    private let daemon: Mutex<Daemon?>
    private let housekeeping: Task<Void, Never>?

    /// Opens the port and serves with an asynchronous handler.
    ///
    /// - Parameters:
    ///   - listen: address and port; port 0 lets the kernel choose, see `port`.
    ///   - tls: certificate and key; nil serves plain HTTP, which is for this machine or for a proxy that is named: others
    ///     are refused then.
    ///   - maximumBodySize: in bytes; a larger request is answered 413 without reaching the handler.
    ///   - proxies: reverse proxies before it; they may have any number of connections.
    ///   - limits: what clients are granted.
    ///   - observe: called at the end of each request on a thread that moves bytes, so it must not wait.
    ///   - handler: runs as a task of its own for each request, many at the same time. It is cancelled when the server stops
    ///     before it has answered; it must return then.
    /// - Throws: `HTTPServerError` when the port cannot be opened, the identity is not usable, or names and sessions would
    ///   go in the clear: the operator must act.
    public convenience init(
        listen: ListenAddress, tls: ServerTLSIdentity? = nil, maximumBodySize: Int = 1 << 20,
        proxies: TrustedProxies = .none, limits: ServerLimits = ServerLimits(),
        observe: (@Sendable (AccessRecord) -> Void)? = nil,
        handler: @escaping @Sendable (ServerRequest) async -> ServerAnswer
    ) throws(HTTPServerError) {
        try proxies.check(listen, hasTLS: tls != nil)
        var limits = limits
        // Beside the connections: databases, logs, calls to CAs.
        let others = 512
        limits.connections = max(16, min(limits.connections, FileLimit.raise(to: limits.connections + others) - others))
        let table = ConnectionTable(limits, proxies: proxies, onlyProxies: tls == nil && !listen.isLoopback)
        try self.init(
            listen, tls,
            try RequestService(
                maximumBodySize: maximumBodySize, tls: tls, handler: .suspending(handler), table: table,
                observe: observe))
    }

    /// Opens the port and serves with a handler that may block: one thread per connection.
    ///
    /// - Parameters:
    ///   - address: IPv4 address to listen on.
    ///   - port: 0 lets the kernel choose; see `port`.
    ///   - tls: certificate and key; nil serves plain HTTP.
    ///   - requestsClientCertificate: over TLS, whether clients are asked for a certificate. They may show none or any;
    ///     the handler judges `ServerRequest.clientCertificateChain`.
    ///   - maximumBodySize: in bytes; a larger request is answered 413 without reaching the handler.
    ///   - handler: called on the thread of the connection, at the same time for many connections.
    /// - Throws: `HTTPServerError` when the port cannot be opened or the identity is not usable: the operator must act.
    public convenience init(
        address: String = "127.0.0.1", port: UInt16 = 0, tls: ServerTLSIdentity? = nil,
        requestsClientCertificate: Bool = false, maximumBodySize: Int = 8 << 20,
        handler: @escaping @Sendable (ServerRequest) -> ServerAnswer
    ) throws(HTTPServerError) {
        try self.init(
            try ListenAddress(host: address, port: port), tls,
            try RequestService(
                maximumBodySize: maximumBodySize, requestsClientCertificate: requestsClientCertificate, tls: tls,
                handler: .blocking(handler)))
    }

    private init(_ listen: ListenAddress, _ tls: ServerTLSIdentity?, _ service: RequestService) throws(HTTPServerError)
    {
        let socket = try ListeningSocket(listen)
        let bound = ListenAddress(listen, port: socket.port)
        guard let started = Daemon(socket: socket, tls: tls, service: service) else {
            throw HTTPServerError(
                message: tls == nil
                    ? "cannot start the server on \(bound): libmicrohttpd refused; are there too many threads?"
                    : "cannot start the server on \(bound): check that certificate and key are PEM and belong together")
        }
        port = bound.port
        url = "\(tls == nil ? "http" : "https")://\(bound)"
        self.service = service
        daemon = Mutex(started)
        housekeeping = service.table.map { table in
            Task.detached {
                while (try? await Task.sleep(for: .milliseconds(500))) != nil {
                    service.keepStreamsAlive(silentFor: table.limits.streamSilence)
                    table.breakLate()
                }
            }
        }
    }

    /// What it is busy with.
    public var status: ServerStatus {
        let busy = service.busy
        let counts = service.table?.counts ?? (open: 0, refused: 0, late: 0)
        return ServerStatus(
            connections: counts.open, requests: busy.requests, streams: busy.streams,
            refusedConnections: counts.refused,
            lateConnections: counts.late)
    }

    /// New connections show another certificate; those that are there go on with the one they know. Only for a server that
    /// was started with TLS and an asynchronous handler.
    ///
    /// - Throws: `HTTPServerError` when it is not usable; then what was there stays. The operator must act.
    public func replaceIdentity(_ identity: ServerTLSIdentity) throws(HTTPServerError) { try service.use(identity) }

    /// Ends in order: takes no more connections, ends all streams, lets handlers finish, then stops.
    ///
    /// - Parameter grace: how long handlers and streams may take; what runs longer is cancelled and answered 503.
    public func shutDown(grace: Duration = .seconds(5)) async {
        daemon.withLock { $0?.quiesce() }
        service.beginStopping()
        let deadline = ContinuousClock.now + grace
        while service.busy != (0, 0), ContinuousClock.now < deadline,
            (try? await Task.sleep(for: .milliseconds(20))) != nil
        {}
        stop()
    }

    /// Takes no more connections and closes all connections; a second call does nothing. Blocking handlers are waited for,
    /// asynchronous ones are cancelled.
    public func stop() {
        housekeeping?.cancel()
        let running = daemon.withLock { state in
            defer { state = nil }
            return state
        }
        guard let running else { return }
        service.resumeAll()
        running.stop()
    }

    deinit { stop() }
}
