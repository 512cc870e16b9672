// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import PKIX
import Secrets
import TestSupport
import Testing

/// The server, judged by curl.
@Suite(.timeLimit(.minutes(10))) struct HTTPServerTests {
    private let echo: @Sendable (ServerRequest) -> ServerAnswer = { request in
        switch request.path {
        case "/cut": .cutConnection
        case "/truncated": .truncated(status: 200, body: Array(repeating: 65, count: 100_000), sent: 50_000)
        default:
            .response(
                status: 201, headers: [("X-Method", request.method), ("X-Target", request.target)],
                body: Array("\(request.path)|\(request.query("a b") ?? "-")|".utf8) + request.body)
        }
    }

    @Test func answersWithWhatCame() async throws {
        let server = try HTTPServer(handler: echo)
        defer { server.stop() }
        let answer = try await Run.tool("curl", ["-si", "-d", "body", "\(server.url)/a%20path/%2523?a+b=%C3%A4%2B"])
        #expect(answer.status == 0)
        #expect(answer.output.hasPrefix("HTTP/1.1 201 Created"))
        #expect(answer.output.contains("X-Target: /a%20path/%2523?a+b=%C3%A4%2B\r\n"))
        #expect(answer.output.hasSuffix("/a path/%23|ä+|body"))
    }

    @Test func cutsAndTruncates() async throws {
        let server = try HTTPServer(handler: echo)
        defer { server.stop() }
        // 52: nothing came back; 18: fewer bytes than announced (curl's manual, exit codes).
        #expect(try await Run.tool("curl", ["-s", "\(server.url)/cut"]).status == 52)
        let truncated = try await Run.tool("curl", ["-s", "\(server.url)/truncated"])
        #expect(truncated.status == 18)
        #expect(truncated.output.count == 50_000)
    }

    @Test func refusesLargeBodies() async throws {
        let server = try HTTPServer(maximumBodySize: 1000, handler: echo)
        defer { server.stop() }
        let body = String(repeating: "x", count: 1001)
        for encoding in ["X-Any: 1", "Transfer-Encoding: chunked"] {
            let answer = try await Run.tool(
                "curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", encoding, "-d", body, server.url])
            #expect(answer.output == "413")
        }
        #expect(try await Run.tool("curl", ["-s", "-d", String(body.dropFirst()), server.url]).output.hasSuffix("xx"))
    }

    @Test func servesManyAtOnceAndStops() async throws {
        let server = try HTTPServer(handler: echo)
        await withTaskGroup(of: Int32.self) { group in
            for number in 0..<20 {
                group.addTask { (try? await Run.tool("curl", ["-sf", "\(server.url)/\(number)"]).status) ?? -1 }
            }
            for await status in group { #expect(status == 0) }
        }
        server.stop()
        server.stop()
        #expect(try await Run.tool("curl", ["-s", server.url]).status == 7)
    }

    @Test func explainsAPortInUse() async throws {
        let server = try HTTPServer(handler: echo)
        defer { server.stop() }
        let error = #expect(throws: HTTPServerError.self) { try HTTPServer(port: server.port, handler: echo) }
        #expect(error?.message.contains("another program uses the port") == true)
    }

    /// One self-signed certificate for server and clients; `curl` and `openssl s_client` judge.
    @Test func handsOverTheClientsCertificate() async throws {
        let folder = try TemporaryFolder()
        for name in ["server", "client"] {
            let made = try await Run.tool(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "2", "-keyout", folder.path("\(name).key"), "-out", folder.path("\(name).pem"), "-subj",
                    "/CN=\(name)",
                    "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
                ])
            #expect(made.status == 0)
        }
        let certificate = try String(contentsOfFile: folder.path("server.pem"), encoding: .utf8)
        let identity = ServerTLSIdentity(
            certificateChainPEM: certificate,
            privateKeyPEM: Secret(try String(contentsOfFile: folder.path("server.key"), encoding: .utf8)))
        let shown: @Sendable (ServerRequest) -> ServerAnswer = { request in
            .text(
                request.clientCertificateChain.map {
                    DigestAlgorithm.sha256.digest($0).map { String($0, radix: 16) }.joined()
                }
                .joined(separator: ","))
        }
        let client = try Certificate(pem: String(contentsOfFile: folder.path("client.pem"), encoding: .utf8))
        let expected = DigestAlgorithm.sha256.digest(client.der).map { String($0, radix: 16) }.joined()
        let asking = try HTTPServer(tls: identity, requestsClientCertificate: true, handler: shown)
        let plain = try HTTPServer(tls: identity, handler: shown)
        defer {
            asking.stop()
            plain.stop()
        }
        let curl = ["-s", "--cacert", folder.path("server.pem")]
        let own = ["--cert", folder.path("client.pem"), "--key", folder.path("client.key")]
        for host in ["127.0.0.1", "localhost"] {
            let url = "https://\(host):\(asking.port)/"
            #expect(try await Run.tool("curl", curl + own + [url]).output == expected)
            #expect(try await Run.tool("curl", curl + own + ["--tls-max", "1.2", url]).output == expected)
            #expect(try await Run.tool("curl", curl + [url]).output.isEmpty)
        }
        #expect(try await Run.tool("curl", curl + own + [plain.url]).output.isEmpty)
        let handshake = try await Run.tool(
            "openssl",
            ["s_client", "-connect", "127.0.0.1:\(asking.port)", "-CAfile", folder.path("server.pem")])
        #expect(handshake.output.contains("No client certificate CA names sent"))
        #expect(handshake.output.contains("Verification: OK"))
    }

    @Test func servesTLS() async throws {
        let folder = try TemporaryFolder()
        let made = try await Run.tool(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-keyout", folder.path("key.pem"), "-out", folder.path("certificate.pem"), "-subj", "/CN=127.0.0.1",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
            ])
        #expect(made.status == 0)
        let certificate = try String(contentsOfFile: folder.path("certificate.pem"), encoding: .utf8)
        let key = Secret(try String(contentsOfFile: folder.path("key.pem"), encoding: .utf8))
        let server = try HTTPServer(
            tls: ServerTLSIdentity(certificateChainPEM: certificate, privateKeyPEM: key), handler: echo)
        defer { server.stop() }
        #expect(server.url.hasPrefix("https://"))
        let answer = try await Run.tool(
            "curl", ["-s", "--cacert", folder.path("certificate.pem"), "\(server.url)/tls"])
        #expect(answer.output == "/tls|-|")
    }
}
