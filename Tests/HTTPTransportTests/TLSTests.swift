// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import HTTPTransport
import Secrets
import Testing

@Suite struct TLSTests {
    private let authority: TestAuthority
    init() async throws { authority = try await TestAuthority() }

    private func failure(_ client: CurlHTTPClient, _ url: String) async throws -> HTTPTransportError {
        try #require(
            await #expect(throws: HTTPTransportError.self) {
                _ = try await client.send(HTTPRequest(method: "POST", url: url, body: [1]))
            })
    }

    @Test func anAddedTrustAnchorIsEnough() async throws {
        let server = try HTTPServer(tls: try await authority.serverIdentity("IP:127.0.0.1")) { .text($0.method) }
        let client = CurlHTTPClient(trustAnchorsPEM: authority.certificatePEM)
        #expect(try await client.send(HTTPRequest(method: "POST", url: server.url, body: [1])).text == "POST")
        let own = TLSOptions(trustAnchorsPEM: authority.certificatePEM)
        #expect(try await CurlHTTPClient().send(HTTPRequest(url: server.url, tls: own)).text == "GET")
    }

    @Test func anUnknownRootIsRefused() async throws {
        let counter = Counter()
        let server = try HTTPServer(tls: try await authority.serverIdentity("IP:127.0.0.1")) { _ in
            counter.note("")
            return .text("")
        }
        let unknown = try await failure(CurlHTTPClient(), server.url)
        #expect(unknown.kind == .untrusted)
        // The next step, for an administrator whose CA has roots of its own.
        #expect(unknown.message.contains("name the root of its certificate in tlsRoots"), "\(unknown)")
        let other = try await TestAuthority()
        #expect(
            try await failure(CurlHTTPClient(trustAnchorsPEM: other.certificatePEM), server.url).kind == .untrusted)
        #expect(counter.events.isEmpty)
    }

    @Test func trustForOneRequestDoesNotLeakToTheNext() async throws {
        let server = try HTTPServer(tls: try await authority.serverIdentity("IP:127.0.0.1")) { _ in .text("") }
        let client = CurlHTTPClient()
        let own = TLSOptions(trustAnchorsPEM: authority.certificatePEM)
        _ = try await client.send(HTTPRequest(url: server.url, tls: own))
        #expect(try await failure(client, server.url).kind == .untrusted)
    }

    @Test func aCertificateForAnotherHostIsRefused() async throws {
        let server = try HTTPServer(tls: try await authority.serverIdentity("DNS:ca.example")) { _ in .text("") }
        let client = CurlHTTPClient(trustAnchorsPEM: authority.certificatePEM)
        let foreign = try await failure(client, server.url)
        #expect(foreign.kind == .untrusted)
        #expect(!foreign.message.contains("tlsRoots"), "another root would not help: \(foreign)")
    }

    @Test(arguments: ["-tls1", "-tls1_1"])
    func oldProtocolVersionsAreRefused(version: String) async throws {
        _ = try await authority.issue("IP:127.0.0.1")
        let server = try await OpenSSLServer(authority, version, "-cipher", "DEFAULT@SECLEVEL=0")
        defer { server.stop() }
        let client = CurlHTTPClient(trustAnchorsPEM: authority.certificatePEM)
        let error = try await failure(client, "https://127.0.0.1:\(server.port)/")
        #expect(error.kind == .notSent)
        #expect(error.message.contains("protocol"))
    }

    /// Parsing the system's roots costs more than all the rest of a handshake.
    @Test func theSystemsRootsAreReadOnce() async throws {
        let server = try HTTPServer(tls: try await authority.serverIdentity("IP:127.0.0.1")) { _ in .text("") }
        let client = CurlHTTPClient()
        let before = try Self.bytesRead()
        for _ in 0..<8 { #expect(try await failure(client, server.url).kind == .untrusted) }
        let bundle = try Data(contentsOf: URL(filePath: "/etc/ssl/certs/ca-certificates.crt"))
        #expect(try Self.bytesRead() - before < 4 * bundle.count)
    }

    /// By this process, from files and the kernel's caches (proc(5), `rchar`).
    private static func bytesRead() throws -> Int {
        let line = try String(contentsOfFile: "/proc/self/io", encoding: .utf8).prefix { $0 != "\n" }
        return try #require(Int(line.split(separator: " ").last ?? ""))
    }

    /// A CA that closes after each answer must not cost a whole handshake each time.
    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func aNewConnectionResumesTheSession(version: String) async throws {
        _ = try await authority.issue("IP:127.0.0.1")
        let server = try await OpenSSLServer(authority, version)
        defer { server.stop() }
        let url = "https://127.0.0.1:\(server.port)/"
        let client = CurlHTTPClient(trustAnchorsPEM: authority.certificatePEM)
        var pages: [String] = []
        for _ in 0..<4 { pages.append(try await client.send(HTTPRequest(url: url)).text) }
        #expect(pages.map { $0.contains("\nReused, ") } == [false, true, true, true])
        // Whoever trusts something else starts anew, and sees that he does not trust this server.
        let other = TLSOptions(trustAnchorsPEM: try await TestAuthority().certificatePEM)
        await #expect(throws: HTTPTransportError.self) { _ = try await client.send(HTTPRequest(url: url, tls: other)) }
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func aClientCertificateFromMemoryIsPresented(version: String) async throws {
        _ = try await authority.issue("IP:127.0.0.1")
        let leaf = try await authority.issue("email:ra@example.org", file: "client")
        let server = try await OpenSSLServer(
            authority, version, "-Verify", "1", "-CAfile", "ca.pem", "-verify_return_error")
        defer { server.stop() }
        let url = "https://127.0.0.1:\(server.port)/"
        let client = CurlHTTPClient(trustAnchorsPEM: authority.certificatePEM)
        let identity = TLSOptions(certificateChainPEM: leaf.certificatePEM, privateKeyPEM: leaf.keyPEM)
        let page = try await client.send(HTTPRequest(url: url, tls: identity)).text
        #expect(page.contains("Client certificate"))
        await #expect(throws: HTTPTransportError.self) { _ = try await client.send(HTTPRequest(url: url)) }
    }

    /// Whose certificate it is must be plain, and that nothing was executed, though TLS 1.3 says so only after the
    /// request has left.
    @Test(arguments: ["-tls1_2", "-tls1_3"], ["foreign", "expired", ""])
    func aRefusedClientCertificateIsOurs(version: String, file: String) async throws {
        _ = try await authority.issue("IP:127.0.0.1")
        let other = try await TestAuthority()
        let leaf =
            switch file {
            case "foreign": try await other.issue("email:ra@example.org", file: file)
            case "expired": try await authority.issue("email:ra@example.org", file: file, isExpired: true)
            default: (certificatePEM: String, keyPEM: Secret)?.none
            }
        let server = try await OpenSSLServer(
            authority, version, "-Verify", "1", "-CAfile", "ca.pem", "-verify_return_error")
        defer { server.stop() }
        let url = "https://127.0.0.1:\(server.port)/"
        let tls = TLSOptions(certificateChainPEM: leaf?.certificatePEM, privateKeyPEM: leaf?.keyPEM)
        let client = CurlHTTPClient(trustAnchorsPEM: authority.certificatePEM)
        let failure = try #require(
            await #expect(throws: HTTPTransportError.self) {
                _ = try await client.send(HTTPRequest(method: "POST", url: url, body: [1], tls: tls))
            })
        #expect(!failure.mayHaveBeenSent)
        // Without a certificate, TLS 1.2 has no words of its own: handshake_failure may mean anything.
        if file.isEmpty, version == "-tls1_2" { return }
        #expect(failure.kind == .notAuthenticated)
        let expected = ["foreign": "unknown CA", "expired": "certificate expired", "": "certificate required"]
        #expect(failure.message.contains("client certificate: \(expected[file] ?? "")"))
    }

    @Test func aKeyThatDoesNotFitIsTheCallersMistake() async throws {
        let server = try HTTPServer(tls: try await authority.serverIdentity("IP:127.0.0.1")) { _ in .text("") }
        let one = try await authority.issue("email:a@example.org", file: "one")
        let two = try await authority.issue("email:b@example.org", file: "two")
        let identity = TLSOptions(certificateChainPEM: one.certificatePEM, privateKeyPEM: two.keyPEM)
        let client = CurlHTTPClient(trustAnchorsPEM: authority.certificatePEM)
        let failure = await #expect(throws: HTTPTransportError.self) {
            _ = try await client.send(HTTPRequest(url: server.url, tls: identity))
        }
        #expect(failure?.kind == .invalidRequest)
    }
}
