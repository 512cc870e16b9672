// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Synchronization

/// A test root and an issuing CA below it, which sign for real and publish what they revoked.
///
/// Both keys are on P-256 because a sandbox must not slow down whoever measures against it.
final class IssuingAuthority: Sendable {
    private struct Revocations {
        var entries: [CertificateRevocationList.Entry] = []
        var number = 1
        /// nil after a change, until somebody fetches the list.
        var current: CertificateRevocationList?
    }

    let root: Certificate
    let issuing: Certificate
    private let rootKey: PrivateKey
    private let issuingKey: PrivateKey
    private let clock: SandboxClock
    private let url: String
    private let revocations = Mutex(Revocations())

    /// - Parameters:
    ///   - name: in the names of both CAs.
    ///   - url: `http://127.0.0.1:…` under which `routes` are served.
    init(name: String, url: String, clock: SandboxClock) throws {
        self.clock = clock
        self.url = url
        rootKey = try PrivateKey.generate(.p256)
        issuingKey = try PrivateKey.generate(.p256)
        let start = clock.now.addingTimeInterval(-86_400)
        let rootBuilder = CertificateBuilder(
            profile: .rootAuthority, subject: [("C", "DE"), ("O", "\(name) Sandbox"), ("CN", "\(name) Test Root")],
            publicKey: try rootKey.publicKey, notBefore: start, notAfter: start.addingTimeInterval(20 * 365 * 86_400))
        root = try rootBuilder.selfSigned(key: rootKey)
        var builder = CertificateBuilder(
            profile: .issuingAuthority,
            subject: [("C", "DE"), ("O", "\(name) Sandbox"), ("CN", "\(name) Test Issuing CA")],
            publicKey: try issuingKey.publicKey, notBefore: start,
            notAfter: start.addingTimeInterval(10 * 365 * 86_400))
        builder.crlDistributionPoints = ["\(url)/crl/root.crl"]
        builder.caIssuersURLs = ["\(url)/ca/root.cer"]
        issuing = try builder.signed(by: root, key: rootKey)
    }

    /// Issuing CA, then root: what follows a leaf.
    var chain: [Certificate] { [issuing, root] }

    /// Signs a certificate after adding where its revocation is published.
    func sign(_ builder: CertificateBuilder) throws -> Certificate {
        var builder = builder
        builder.crlDistributionPoints = ["\(url)/crl/issuing.crl"]
        builder.caIssuersURLs = ["\(url)/ca/issuing.cer"]
        return try builder.signed(by: issuing, key: issuingKey)
    }

    /// - Parameter reasonCode: RFC 5280 section 5.3.1.
    func revoke(_ certificate: Certificate, reasonCode: Int) {
        let entry = CertificateRevocationList.Entry(
            serialNumber: certificate.serialNumber, revocationDate: clock.now, reasonCode: reasonCode)
        revocations.withLock {
            $0.entries.append(entry)
            $0.current = nil
        }
    }

    var routes: [Route] {
        [
            Route("crl.issuing", "GET", "/crl/issuing.crl") { _ in
                .bytes(try self.issuingList().der, type: "application/pkix-crl")
            },
            Route("crl.root", "GET", "/crl/root.crl") { _ in
                let list = try CertificateRevocationList.make(
                    issuer: self.root, key: self.rootKey, number: 1, thisUpdate: self.clock.now,
                    nextUpdate: self.clock.now.addingTimeInterval(30 * 86_400), entries: [])
                return .bytes(list.der, type: "application/pkix-crl")
            },
            Route("ca.issuing", "GET", "/ca/issuing.cer") { _ in
                .bytes(self.issuing.der, type: "application/pkix-cert")
            },
            Route("ca.root", "GET", "/ca/root.cer") { _ in .bytes(self.root.der, type: "application/pkix-cert") },
        ]
    }

    private func issuingList() throws -> CertificateRevocationList {
        let now = clock.now
        return try revocations.withLock { revocations in
            if let current = revocations.current { return current }
            revocations.number += 1
            let made = try CertificateRevocationList.make(
                issuer: issuing, key: issuingKey, number: revocations.number, thisUpdate: now,
                nextUpdate: now.addingTimeInterval(7 * 86_400), entries: revocations.entries)
            revocations.current = made
            return made
        }
    }
}
