// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Testing

@Suite struct CertificateChainTests {
    @Test func orderIgnoresStrangersAndSequence() throws {
        let authority = try TestAuthority()
        let stranger = try TestAuthority()
        let key = try PrivateKey.generate(.p256)
        let leaf = try authority.issue(.smime, [("CN", "Ada")], key.publicKey)
        let mixed = [authority.root, stranger.certificate, leaf, stranger.root, authority.certificate]
        #expect(
            try CertificateChain.order(mixed, leafKey: key.publicKey) == [leaf, authority.certificate, authority.root])
        #expect(try CertificateChain.order([authority.root], leafKey: key.publicKey) == [])
    }

    @Test func pathIsVerified() throws {
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

    @Test func aLeafMayNotIssue() throws {
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
