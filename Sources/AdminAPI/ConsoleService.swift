// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
public import Gateway
public import HTTPServing
public import Sentences
import Synchronization

/// The port of the running gateway: API, console, health and metrics behind one server, with access log and certificate.
public final class ConsoleService: Sendable {
    private let server: HTTPServer
    private let api: APIServer
    private let following: Task<Void, Never>?

    /// `http://127.0.0.1:8443`, without a slash at the end.
    public var url: String { server.url }

    /// Opens the port and answers from then on.
    ///
    /// - Parameters:
    ///   - tls: nil serves plain HTTP, which `TrustedProxies.check` allows on loopback and behind a named proxy only.
    ///   - version: of the program, for the metrics.
    ///   - doors: what is served beside the API and health, asked in their order.
    ///   - sentences: in which languages sentences are told.
    ///   - logger: for the access log.
    /// - Throws: `HTTPServerError`, `SettingsError` for the files; the operator must act.
    public init(
        _ service: GatewayService, _ authenticator: any Authenticator, listen: ListenAddress, tls: TLSFiles? = nil,
        proxies: TrustedProxies = .none, limits: ServerLimits = ServerLimits(), version: String,
        sentences: SentenceBooks = .none, logger: StandardLogger,
        doors: [@Sendable (ServerRequest) async -> ServerAnswer?] = []
    ) throws {
        let requests = RequestMeter()
        let log = AccessLog(logger)
        let readiness = ReadinessWatch(service)
        // The metrics tell of the server, which is made last.
        let made = MadeServer()
        let metrics = GatewayMetrics(service, readiness: readiness, requests: requests, version: version) {
            made.status
        }
        let health = HealthDoor(readiness, metrics, authenticator, proxies: proxies)
        api = APIServer(
            { try await service.gateway() }, authenticator, doors: [{ await health.answer($0) }] + doors,
            sentences: sentences, readiness: readiness)
        server = try HTTPServer(
            listen: listen, tls: try tls?.read(), maximumBodySize: APIServer.maximumBodySize, proxies: proxies,
            limits: limits,
            observe: { record in
                requests.note(record)
                log.note(record)
            }
        ) { [api] request in
            let answer = await api.answer(request)
            if request.notes.route == nil { request.notes.route = Self.place(request.path) }
            return answer
        }
        made.take(server)
        following = tls.map { [server] files in Task { await files.follow(server, logger) } }
    }

    /// The part of the console that a path belongs to, for log and metrics: what follows may name a person. Nil for what is none of ours.
    static func place(_ path: String) -> String? {
        let ours = ["api", "assets", "auth", "console", "manual", "my", "signin", "status"]
        return path.split(separator: "/").first.flatMap { ours.contains(String($0)) ? "/\($0)" : nil }
    }

    /// Takes no more connections, ends event streams, lets requests finish for a few seconds, and closes the port.
    public func shutDown() async {
        following?.cancel()
        await api.stop()
        await server.shutDown()
    }

    deinit { following?.cancel() }
}

/// A server that is known later than who asks about it, without keeping it.
private final class MadeServer: Sendable {
    private struct Reference {
        weak var server: HTTPServer?
    }

    private let reference = Mutex(Reference())

    func take(_ server: HTTPServer) { reference.withLock { $0.server = server } }

    var status: ServerStatus? { reference.withLock { $0.server?.status } }
}
