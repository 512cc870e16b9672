// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import Secrets
import TestSupport
import Testing

/// TLS of the asynchronous server, judged by openssl and curl.
@Suite(.timeLimit(.minutes(2))) struct ServerTLSTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func identity(_ name: String) async throws -> ServerTLSIdentity {
        let made = try await Run.tool(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-keyout",
                folder.path("\(name).key"), "-out", folder.path("\(name).pem"), "-subj", "/CN=\(name)", "-addext",
                "subjectAltName=IP:127.0.0.1",
            ])
        #expect(made.status == 0)
        return ServerTLSIdentity(
            certificateChainPEM: try String(contentsOfFile: folder.path("\(name).pem"), encoding: .utf8),
            privateKeyPEM: Secret(try String(contentsOfFile: folder.path("\(name).key"), encoding: .utf8)))
    }

    private func handshake(_ server: HTTPServer, _ arguments: [String]) async throws -> Run {
        try await Run.tool("openssl", ["s_client", "-connect", "127.0.0.1:\(server.port)"] + arguments)
    }

    @Test func refusesOldVersions() async throws {
        let server = try HTTPServer(listen: .loopback, tls: try await identity("one")) { .text("\($0.isTLS)") }
        defer { server.stop() }
        // The client itself would refuse them by the distribution's configuration.
        let lax = ["-cipher", "ALL:@SECLEVEL=0"]
        for version in ["-tls1", "-tls1_1"] {
            let run = try await handshake(server, lax + [version])
            #expect(run.status != 0)
            #expect(run.output.contains("Cipher is (NONE)"))
        }
        for version in ["-tls1_2", "-tls1_3"] {
            let run = try await handshake(server, lax + [version])
            #expect(run.status == 0 && !run.output.contains("Cipher is (NONE)"))
        }
        let answer = try await Run.tool("curl", ["-s", "--cacert", folder.path("one.pem"), server.url])
        #expect(answer.output == "true")
    }

    /// A connection that is open stays with what it knows; new ones see the new certificate.
    @Test func replacesTheCertificateWithoutDroppingConnections() async throws {
        let stream = ServerStream()
        let server = try HTTPServer(listen: .loopback, tls: try await identity("one")) { _ in .events(stream) }
        defer { server.stop() }
        async let old = Run.tool(
            "curl", ["-sN", "--max-time", "60", "--cacert", folder.path("one.pem"), server.url])
        while server.status.streams == 0 { try await Task.sleep(for: .milliseconds(5)) }
        stream.send(ServerEvent(data: "before"))
        #expect(try await handshake(server, []).output.contains("CN = one"))
        for round in 0..<20 {
            let next = try await identity(round == 19 ? "two" : "between")
            try server.replaceIdentity(next)
        }
        #expect(try await handshake(server, []).output.contains("CN = two"))
        stream.send(ServerEvent(data: "after"))
        stream.end()
        let heard = try await old
        #expect(heard.status == 0)
        #expect(heard.output.contains("data: before\n\n") && heard.output.contains("data: after\n\n"))
    }

    @Test func keepsWhatItHasWhenTheNewOneIsUnusable() async throws {
        let (one, two) = (try await identity("one"), try await identity("two"))
        let server = try HTTPServer(listen: .loopback, tls: one) { _ in .text("") }
        defer { server.stop() }
        let mixed = ServerTLSIdentity(certificateChainPEM: two.certificateChainPEM, privateKeyPEM: one.privateKeyPEM)
        let error = #expect(throws: HTTPServerError.self) { try server.replaceIdentity(mixed) }
        #expect(error?.message.contains("belong together") == true)
        #expect(throws: HTTPServerError.self) {
            try server.replaceIdentity(ServerTLSIdentity(certificateChainPEM: "", privateKeyPEM: one.privateKeyPEM))
        }
        #expect(try await handshake(server, []).output.contains("CN = one"))
    }

    /// Handshakes that never end hold no other up, and are broken.
    @Test func breaksHandshakesThatDoNotEnd() async throws {
        var limits = ServerLimits()
        limits.headTime = .seconds(1)
        let server = try HTTPServer(listen: .loopback, tls: try await identity("one"), limits: limits) { _ in
            .text("there")
        }
        defer { server.stop() }
        let silent = try await blocking { try (0..<50).map { _ in try RawClient(port: server.port) } }
        for client in silent { client.send([0x16, 0x03, 0x01]) }
        let answer = try await Run.tool("curl", ["-s", "--cacert", folder.path("one.pem"), server.url])
        #expect(answer.output == "there")
        let ends = try await blocking { silent.map { $0.read() } }
        #expect(ends.allSatisfy { $0.count < 20 })
        #expect(server.status.lateConnections >= 50)
    }

    @Test func stopsWithOpenStreams() async throws {
        let server = try HTTPServer(listen: .loopback, tls: try await identity("one")) { _ in .events(ServerStream()) }
        async let listener = Run.tool(
            "curl", ["-sN", "--max-time", "60", "--cacert", folder.path("one.pem"), server.url])
        while server.status.streams == 0 { try await Task.sleep(for: .milliseconds(5)) }
        await server.shutDown()
        #expect(try await listener.status == 0)
    }
}
