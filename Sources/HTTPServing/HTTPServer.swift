// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// An HTTP/1.1 server over libmicrohttpd: one thread per connection, so a handler may block.
///
/// It serves from `init` until `stop()` or until it is let go. Request heads are bounded by libmicrohttpd, bodies by
/// `maximumBodySize`; an idle connection is closed after two minutes.
public final class HTTPServer: Sendable {
    /// The port in use, also when 0 was asked for.
    public let port: UInt16
    /// `http://127.0.0.1:43210`, or `https://…` with TLS, without a slash at the end.
    public let url: String
    private let daemon: Mutex<Daemon?>

    /// Opens the port and starts to serve.
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
    public init(
        address: String = "127.0.0.1", port: UInt16 = 0, tls: ServerTLSIdentity? = nil,
        requestsClientCertificate: Bool = false, maximumBodySize: Int = 8 << 20,
        handler: @escaping @Sendable (ServerRequest) -> ServerAnswer
    ) throws(HTTPServerError) {
        let socket = try ListeningSocket(address: address, port: port)
        let boundPort = socket.port
        let service = RequestService(
            maximumBodySize: maximumBodySize, requestsClientCertificate: tls != nil && requestsClientCertificate,
            handler: handler)
        guard let started = Daemon(socket: socket, tls: tls, service: service) else {
            throw HTTPServerError(
                message: tls == nil
                    ? "cannot start the server on \(address):\(boundPort): libmicrohttpd refused; are there too many threads?"
                    : "cannot start the server on \(address):\(boundPort): check that certificate and key are PEM and "
                        + "belong together")
        }
        self.port = boundPort
        url = "\(tls == nil ? "http" : "https")://\(address):\(boundPort)"
        daemon = Mutex(started)
    }

    /// Takes no more connections, waits for running handlers and closes all connections; a second call does nothing.
    public func stop() {
        let running = daemon.withLock { state in
            defer { state = nil }
            return state
        }
        running?.stop()
    }

    deinit { stop() }
}
