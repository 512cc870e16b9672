// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import PKIX

/// The root that signs a sandbox's server certificates.
struct TLSAuthority: Sendable {
    let root: Certificate
    private let key: PrivateKey
    private let start: Date

    /// Real time, whatever the sandbox's clock says: it is what clients verify with.
    init(name: String) throws {
        start = Date().addingTimeInterval(-86_400)
        key = try PrivateKey.generate(.p256)
        root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("O", "\(name) Sandbox"), ("CN", "\(name) TLS Root")],
            publicKey: try key.publicKey, notBefore: start, notAfter: start.addingTimeInterval(10 * 365 * 86_400)
        ).selfSigned(key: key)
    }

    /// A certificate for localhost, 127.0.0.1 and further names.
    func makeIdentity(keyType: KeyType = .p256, names: [String] = []) throws -> ServerTLSIdentity {
        let serverKey = try PrivateKey.generate(keyType)
        let builder = CertificateBuilder(
            profile: .tlsServer, subject: [("CN", "localhost")], publicKey: try serverKey.publicKey,
            alternativeNames: [.dNSName("localhost"), .iPAddress([127, 0, 0, 1])] + names.map { .dNSName($0) },
            notBefore: start, notAfter: start.addingTimeInterval(397 * 86_400))
        return ServerTLSIdentity(
            certificateChainPEM: try builder.signed(by: root, key: key).pem, privateKeyPEM: try serverKey.pem())
    }
}
