// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Synchronization

/// The CA behind `PretendConnector`: JSON over HTTP without a socket, in memory, with a vice if wanted.
final class PretendCA: HTTPClient {
    struct Order {
        let id: String
        let reference: String
        let email: String
        var status: String
        var reason = ""
        var polls = 0
        var certificate: Certificate?
    }

    struct State {
        var orders: [Order] = []
        var revoked: [CertificateRevocationList.Entry] = []
        var isHolding = false
        var pendingPolls = 0
        var areCredentialsExpired = false
    }

    let root: Certificate
    let key: PrivateKey
    let vice: Vice?
    let clock: any ConnectorClock
    let state = Mutex(State())

    init(_ vice: Vice?, clock: any ConnectorClock) throws {
        self.vice = vice
        self.clock = clock
        key = try PrivateKey.generate(.p256)
        root = try Self.root(named: "Pretend Root", key)
    }

    static func root(named name: String, _ key: PrivateKey) throws -> Certificate {
        try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", name)], publicKey: key.publicKey, notBefore: Date() - 3600,
            notAfter: Date() + 3650 * 86_400
        ).selfSigned(key: key)
    }

    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        guard !request.headers.contains(where: { $0.value.contains("\n") }) else {
            throw HTTPTransportError(.invalidRequest, "a header line has control characters")
        }
        do { return try answer(request) } catch { throw HTTPTransportError(.unknownOutcome, "\(error)") }
    }

    private func answer(_ request: HTTPRequest) throws -> HTTPResponse {
        let expired = state.withLock(\.areCredentialsExpired) && vice != .keysNeverExpire
        let isKnown = request.headers.contains { $0.name == "X-Key" && $0.value == PretendBench.key }
        guard isKnown && vice != .refusesTheRightKey || vice == .acceptsAnyKey, !expired else {
            return reply(["reason": "the key is not valid"], 401)
        }
        if let time = request.headers.first(where: { $0.name == "X-Time" }).flatMap({ Double($0.value) }) {
            let ahead = time - clock.now().timeIntervalSince1970
            if vice == .refusesFastClocks && ahead > 300 || vice == .refusesSlowClocks && ahead < -300 {
                return reply(["reason": "try again later"], 503)
            }
        }
        let path = HTTPPath(request.url)
        let body = try request.body.map { try JSONValue(parsing: $0) } ?? .null
        switch (request.method, path.first) {
        case ("GET", "account"): return reply(["account": vice == .namelessAccount ? " " : "Pretend Account"])
        case ("POST", "orders"):
            // A status that also somebody on the way gives: no proof that there is no order.
            if vice == .refusesUnclearly { return reply(["reason": "we are closed for today"], 400) }
            return reply(try place(body))
        case ("GET", "orders"): return path.second.isEmpty ? list(of: path.address) : show(path.second)
        case ("POST", "cancel"): return cancel(path.second)
        case ("GET", "proofs"): return proofs(path.second)
        case ("POST", "mails"): return reply([:])
        case ("POST", "revoke"): return revoke(path.second, body["reason"]?.int ?? 0)
        default: return reply(["reason": "no such thing"], 404)
        }
    }

    func reply(_ value: JSONValue, _ status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, body: Array(value.text.utf8))
    }
}

/// The path of an address, taken apart: `/orders/17`, `/orders?email=ada@ours.example`.
private struct HTTPPath {
    let first: String
    let second: String
    /// Whose orders are asked for; nil for everybody's.
    let address: String?

    init(_ url: String) {
        let parts = URL(string: url)?.pathComponents.filter { $0 != "/" } ?? []
        address = URLComponents(string: url)?.queryItems?.first { $0.name == "email" }?.value
        first = parts.first ?? ""
        second = parts.dropFirst().first ?? ""
    }
}
