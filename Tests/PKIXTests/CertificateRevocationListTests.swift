// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import TestSupport
import Testing

@Suite struct CertificateRevocationListTests {
    @Test func opensslSeesARevokedCertificate() async throws {
        let authority = try TestAuthority()
        let revoked = try authority.issue(.smime, [("CN", "Gone")], PrivateKey.generate(.p256).publicKey)
        let good = try authority.issue(.smime, [("CN", "Here")], PrivateKey.generate(.p256).publicKey)
        let entries = [
            CertificateRevocationList.Entry(
                serialNumber: revoked.serialNumber, revocationDate: authority.now - 10, reasonCode: 4),
            CertificateRevocationList.Entry(serialNumber: SerialNumber([0xFF]), revocationDate: authority.now - 10),
        ]
        let list = try CertificateRevocationList.make(
            issuer: authority.certificate, key: authority.key, number: 7, thisUpdate: authority.now - 5,
            nextUpdate: authority.now + 3600, entries: entries)
        let read = try CertificateRevocationList(pem: list.pem)
        #expect(read.number == 7)
        #expect(read.issuer == authority.certificate.subject)
        #expect(read.thisUpdate == authority.now - 5)
        #expect(read.nextUpdate == authority.now + 3600)
        #expect(Set(read.entries) == Set(entries))
        #expect(read.entry(for: revoked.serialNumber) == entries[0])
        #expect(!read.contains(good.serialNumber))
        try read.verifySignature(by: authority.certificate)
        #expect(throws: PKIXError(.signatureMismatch, "")) { try read.verifySignature(by: authority.root) }
        #expect(throws: PKIXError(.signatureMismatch, "")) { try read.verifySignature(by: TestAuthority().certificate) }
        // The same key under another name is another CA.
        let renamed = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "Other")], publicKey: authority.key.publicKey,
            notBefore: authority.now - 60, notAfter: authority.now + 3600
        ).selfSigned(key: authority.key)
        #expect(throws: PKIXError(.signatureMismatch, "")) { try read.verifySignature(by: renamed) }

        let directory = try TemporaryDirectory()
        let trusted = try directory.write(authority.root.pem + authority.certificate.pem, "ca.pem")
        let crl = try directory.write(list.pem, "crl.pem")
        let goodFile = try directory.write(good.pem, "good.pem")
        let revokedFile = try directory.write(revoked.pem, "revoked.pem")
        #expect(
            try await Tool.openssl("verify", "-crl_check", "-CAfile", trusted, "-CRLfile", crl, goodFile).hasSuffix(
                "OK\n"))
        let error = await #expect(throws: Tool.Failure.self) {
            try await Tool.openssl("verify", "-crl_check", "-CAfile", trusted, "-CRLfile", crl, revokedFile)
        }
        #expect(error?.description.contains("certificate revoked") == true)
        #expect(try await Tool.openssl("crl", "-noout", "-text", input: Array(list.pem.utf8)).contains("Superseded"))
    }

    @Test func unknownReasonIsRefused() throws {
        let authority = try TestAuthority()
        #expect(throws: PKIXError(.unacceptable, "")) {
            try CertificateRevocationList.make(
                issuer: authority.certificate, key: authority.key, number: 1, thisUpdate: authority.now,
                nextUpdate: authority.now + 1,
                entries: [.init(serialNumber: .random(), revocationDate: authority.now, reasonCode: 7)])
        }
    }

    @Test func emptyList() throws {
        let authority = try TestAuthority(.rsa2048)
        let list = try CertificateRevocationList.make(
            issuer: authority.certificate, key: authority.key, number: 1, thisUpdate: authority.now,
            nextUpdate: authority.now + 1, entries: [])
        #expect(try CertificateRevocationList(der: list.der).entries == [])
        #expect(throws: PKIXError(.malformed, "")) { try CertificateRevocationList(der: list.der + [1]) }
    }
}
