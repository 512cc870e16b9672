// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import HTTPServing
import Settings
import Synchronization
import TestSupport
import Testing

@testable import AdminAPI

/// The certificate of the console, changed under the running server; openssl looks.
@Suite(.timeLimit(.minutes(2))) struct TLSFilesTests {
    private let folder: TemporaryFolder
    private let entries = Entries()

    private final class Entries: Sendable {
        let all = Mutex<[String]>([])
        func contains(_ text: String) -> Bool { all.withLock { $0.contains { $0.contains(text) } } }
    }

    init() throws { folder = try TemporaryFolder() }

    private func make(_ name: String, key: String = "key.pem", certificate: String = "certificate.pem") async throws {
        let made = try await Run.tool(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-keyout",
                folder.path(key), "-out", folder.path(certificate), "-subj", "/CN=\(name)",
            ])
        #expect(made.status == 0)
    }

    private func shown(_ server: HTTPServer) async throws -> String {
        try await Run.tool("openssl", ["s_client", "-connect", "127.0.0.1:\(server.port)"]).output
    }

    @Test func followsTheFiles() async throws {
        try await make("one")
        let files = TLSFiles(
            certificate: folder.path("certificate.pem"),
            key: try #require(SecretReference("file:\(folder.path("key.pem"))")))
        let server = try HTTPServer(listen: .loopback, tls: try files.read()) { _ in .text("") }
        let logger = StandardLogger(threshold: .notice) { [entries] entry in entries.all.withLock { $0.append(entry) } }
        let following = Task { await files.follow(server, logger, every: .milliseconds(50)) }
        defer {
            following.cancel()
            server.stop()
        }
        #expect(try await shown(server).contains("CN = one"))
        // A key that does not belong to the certificate is said, and changes nothing.
        try await make("other", certificate: "unused.pem")
        while !entries.contains("belong together") { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try await shown(server).contains("CN = one"))
        try await make("two")
        while !entries.contains("new connections see") { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try await shown(server).contains("CN = two"))
    }
}
