// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import TestSupport
import Testing

@Suite struct CertificateChainTests {
    @Test func orderIgnoresStrangersAndSequence() async throws {
        let authority = try TestAuthority()
        let stranger = try TestAuthority()
        let key = try PrivateKey.generate(.p256)
        let leaf = try authority.issue(.smime, [("CN", "Ada")], key.publicKey)
        let mixed = [authority.root, stranger.certificate, leaf, stranger.root, authority.certificate]
        #expect(
            try CertificateChain.order(mixed, leafKey: key.publicKey) == [leaf, authority.certificate, authority.root])
        #expect(try CertificateChain.order([authority.root], leafKey: key.publicKey) == [])
    }

    /// After a new beginning a CA may have the name of the old one and another key. Without key identifiers only the
    /// signature tells which of them issued a certificate.
    @Test func ofSeveralIssuersOfOneNameItIsTheOneThatSigned() async throws {
        let folder = try TemporaryDirectory()
        let key = folder.path + "/key.pem"
        let identifiers = "subjectKeyIdentifier=none\nauthorityKeyIdentifier=none\n"
        let extensions = try folder.write("[leaf]\n\(identifiers)", "extensions")
        _ = try await Tool.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
        var authorities: [(certificate: Certificate, path: String)] = []
        for name in ["old", "new"] {
            let path = "\(folder.path)/\(name)"
            _ = try await Tool.openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Same",
                "-addext", "subjectKeyIdentifier=none", "-addext", "authorityKeyIdentifier=none", "-keyout",
                path + ".key", "-out", path + ".pem")
            let pem = try String(contentsOfFile: path + ".pem", encoding: .utf8)
            authorities.append((try Certificate(pem: pem), path))
        }
        let (request, issued) = (folder.path + "/request.pem", folder.path + "/leaf.pem")
        _ = try await Tool.openssl("req", "-new", "-key", key, "-subj", "/CN=Ada", "-out", request)
        for (authority, path) in authorities {
            _ = try await Tool.openssl(
                "x509", "-req", "-in", request, "-CA", path + ".pem", "-CAkey", path + ".key", "-extfile", extensions,
                "-extensions", "leaf", "-days", "10", "-out", issued)
            let leaf = try Certificate(pem: String(contentsOfFile: issued, encoding: .utf8))
            let both = authorities.map(\.certificate)
            #expect(both.allSatisfy { leaf.names(issuer: $0) })
            for order in [both, both.reversed()] {
                #expect(try CertificateChain.order(order + [leaf], leafKey: leaf.publicKey) == [leaf, authority])
            }
        }
    }

    @Test func pathIsVerified() async throws {
        let authority = try TestAuthority()
        let stranger = try TestAuthority()
        let leaf = try authority.issue(.smimeEncryption, [("CN", "Ada")], PrivateKey.generate(.p256).publicKey)
        let chain = CertificateChain([leaf, authority.certificate])
        let now = authority.now
        try chain.verify(trustAnchors: [authority.root], at: now, purpose: .emailProtection)
        try CertificateChain([leaf]).verify(trustAnchors: [authority.certificate], at: now)
        #expect(throws: PKIXError(.untrusted, "")) { try chain.verify(trustAnchors: [stranger.root], at: now) }
        #expect(throws: PKIXError(.untrusted, "")) { try chain.verify(trustAnchors: [], at: now) }
        #expect(throws: PKIXError(.untrusted, "")) { try CertificateChain([]).verify(trustAnchors: [], at: now) }
        #expect(throws: PKIXError(.untrusted, "")) {
            try CertificateChain([leaf]).verify(trustAnchors: [authority.root], at: now)
        }
        let late = #expect(throws: PKIXError(.untrusted, "")) {
            try chain.verify(trustAnchors: [authority.root], at: now + 86400 * 366)
        }
        #expect(late?.message.contains("expired") == true)
        #expect(throws: PKIXError(.untrusted, "")) {
            try chain.verify(trustAnchors: [authority.root], at: now, purpose: .clientAuthentication)
        }
    }

    @Test func aLeafMayNotIssue() async throws {
        let authority = try TestAuthority()
        let key = try PrivateKey.generate(.p256)
        let leaf = try authority.issue(.smime, [("CN", "Ada")], key.publicKey)
        let forged = try authority.builder(.smime, [("CN", "Eve")], PrivateKey.generate(.p256).publicKey)
            .signed(by: leaf, key: key)
        #expect(throws: PKIXError(.untrusted, "")) {
            try CertificateChain([forged, leaf, authority.certificate]).verify(
                trustAnchors: [authority.root], at: authority.now)
        }
    }
}
