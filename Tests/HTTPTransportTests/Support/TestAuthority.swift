// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import Secrets
import TestSupport

/// A certification authority made by the openssl tool in a folder of its own, which goes with it.
final class TestAuthority: Sendable {
    let folder: URL
    let certificatePEM: String

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("certway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await Self.openssl(
            in: folder,
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Test"
        )
        certificatePEM = try String(contentsOf: folder.appendingPathComponent("ca.pem"), encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A certificate for a name or address, such as `IP:127.0.0.1`.
    func issue(_ alternativeName: String, file: String = "leaf", isExpired: Bool = false) async throws -> (
        certificatePEM: String, keyPEM: Secret
    ) {
        try await Self.openssl(
            in: folder,
            """
            req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(file).key -out \(file).pem \
            -days 2 -subj /CN=leaf -addext subjectAltName=\(alternativeName) \
            -addext basicConstraints=critical,CA:FALSE -CA ca.pem -CAkey ca.key
            """)
        if isExpired {
            try await Self.openssl(in: folder, "req -new -key \(file).key -subj /CN=leaf -out request.pem")
            try await Self.openssl(
                in: folder, "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -days -1 -out \(file).pem")
        }
        return (
            try String(contentsOf: folder.appendingPathComponent("\(file).pem"), encoding: .utf8),
            Secret(try Data(contentsOf: folder.appendingPathComponent("\(file).key")))
        )
    }

    func serverIdentity(_ alternativeName: String) async throws -> ServerTLSIdentity {
        let leaf = try await issue(alternativeName)
        return ServerTLSIdentity(certificateChainPEM: leaf.certificatePEM, privateKeyPEM: leaf.keyPEM)
    }

    private static func openssl(in folder: URL, _ arguments: String) async throws {
        try await Tool.run(["openssl"] + arguments.split(separator: " ").map(String.init), folder: folder.path)
    }
}
