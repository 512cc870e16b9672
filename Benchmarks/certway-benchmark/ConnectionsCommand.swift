// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import HTTPTransport
import JSONDocuments

/// `certway-benchmark connections`: TLS connections by the gateway's own client, each for one request.
enum ConnectionsCommand {
    /// Whom the client trusts, and whether it may remember the server.
    enum Kind: String, CaseIterable {
        /// The server's own root; each connection resumes the last one's session.
        case resumed
        /// The server's own root; no session is known.
        case new
        /// The system's roots. They do not know the server, so that each connection ends where its certificate is judged.
        case system
    }

    static let command = Command(
        "connections", "new TLS connections to the sandbox tenant, one request each",
        options: [
            .choice("kind", Kind.allCases.map(\.rawValue), "what the client trusts and remembers", default: "resumed"),
            .value("count", "N", "connections", default: "200"),
        ]
    ) { invocation in
        let kind = invocation.value("kind").flatMap(Kind.init) ?? .resumed
        let count = try invocation.int("count", in: 1...1_000_000) ?? 1
        let sandbox = try ServiceProcess(
            Programs.sibling("certway-sandbox"),
            ["serve", "--only", "tenant", "--users", "1", "--tls", "--exit-with-parent"])
        defer { withExtendedLifetime(sandbox) {} }
        let tenant = sandbox.description["tenant"]
        guard let url = tenant?["login"]?.string, let root = tenant?["tlsRootPEM"]?.string else {
            throw BenchmarkError("certway-sandbox serves no tenant over TLS: \(sandbox.description.text.prefix(200))")
        }
        let request = HTTPRequest(
            url: url + "/common/v2.0/.well-known/openid-configuration", headers: [("Connection", "close")])
        let anchors = kind == .system ? nil : root
        let kept = CurlHTTPClient(trustAnchorsPEM: anchors)
        func connect() async throws {
            let client = kind == .new ? CurlHTTPClient(trustAnchorsPEM: anchors) : kept
            do {
                let answer = try await client.send(request)
                guard answer.status == 200, kind != .system else { throw BenchmarkError("answered \(answer.status)") }
            } catch let error as HTTPTransportError where error.kind == .untrusted && kind == .system {}
        }
        // Warm: the bundle of roots, caches.
        for _ in 0..<5 { try await connect() }
        let time = ProcessorTime()
        for _ in 0..<count { try await connect() }
        let result: JSONValue = [
            "connections": JSONValue(count), "seconds": .number(time.seconds), "cpuSeconds": .number(time.cpuSeconds),
        ]
        Terminal.print(json: result.text)
        return .done
    }
}
