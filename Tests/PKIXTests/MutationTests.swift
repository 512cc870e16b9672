// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Secrets
import TestSupport
import Testing

/// Changed bytes must be refused or read, never crash; what is read is asked everything.
@Suite struct MutationTests {
    private func mutations(of bytes: [UInt8], _ count: Int, _ body: ([UInt8]) -> Void) {
        var generator = SeededGenerator(seed: TestSeed.choose("changed bytes"))
        for _ in 0..<count {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: changed.indices, using: &generator)
                changed[index] =
                    Bool.random(using: &generator)
                    ? changed[index] ^ (1 << UInt8.random(in: 0..<8, using: &generator))
                    : changed[Int.random(in: changed.indices, using: &generator)]
            }
            body(changed)
        }
    }

    @Test func certificates() throws {
        let authority = try TestAuthority()
        var builder = authority.builder(
            .smime, [("C", "DE"), ("CN", "Ada")], try PrivateKey.generate(.p256).publicKey,
            names: [
                .rfc822Name("ada@sandbox.example"), .userPrincipalName("ada@sandbox.example"),
                .directoryName([("CN", "Ada")]), .otherName(type: "1.2.3", der: [4, 1, 1]),
            ])
        builder.securityIdentifier = "S-1-5-21-1"
        builder.certificatePolicies = ["1.2.3"]
        builder.crlDistributionPoints = ["http://crl.sandbox.example"]
        builder.ocspURLs = ["http://ocsp.sandbox.example"]
        let leaf = try builder.signed(by: authority.certificate, key: authority.key)
        mutations(of: leaf.der, 3000) { der in
            guard let read = try? Certificate(der: der) else { return }
            _ = (read.description, read.notBefore, read.notAfter, read.subjectAlternativeNames, read.isCA)
            _ = (read.keyUsage, read.extendedKeyUsage, read.pathLengthConstraint, read.extensionTypes)
            _ = (read.subjectKeyIdentifier, read.authorityKeyIdentifier, read.crlDistributionPoints, read.ocspURLs)
            _ = (read.certificatePolicies, read.securityIdentifier, try? read.publicKey.algorithmName)
            if read != leaf { #expect(!read.isIssued(by: authority.certificate)) }
        }
    }

    @Test func requestsAndLists() throws {
        let authority = try TestAuthority()
        let request = try CertificateSigningRequest.make(
            subject: [("CN", "Ada")], alternativeNames: [.rfc822Name("ada@sandbox.example")], key: authority.key)
        mutations(of: request.der, 2000) { der in
            guard let read = try? CertificateSigningRequest(der: der) else { return }
            _ = (read.subject.description, read.subjectAlternativeNames, try? read.verifySignature())
        }
        let list = try CertificateRevocationList.make(
            issuer: authority.certificate, key: authority.key, number: 1, thisUpdate: authority.now,
            nextUpdate: authority.now + 60,
            entries: [.init(serialNumber: .random(), revocationDate: authority.now, reasonCode: 1)])
        mutations(of: list.der, 2000) { der in
            guard let read = try? CertificateRevocationList(der: der) else { return }
            _ = (read.entries, read.number, read.nextUpdate, read.contains(SerialNumber([1])), read.issuer)
        }
    }

    @Test func encryptedFiles() throws {
        let authority = try TestAuthority()
        let key = try PrivateKey.generate(.p256)
        let leaf = try authority.issue(.smimeEncryption, [("CN", "Ada")], key.publicKey)
        let file = try PKCS12Bundle(key: key, certificate: leaf).encrypted(password: Secret("x"), iterations: 1)
        mutations(of: file, 300) { _ = try? PKCS12Bundle.open($0, password: Secret("x")) }
        let envelope = try CMSEnvelope.encrypt(Secret("content"), recipients: [leaf])
        mutations(of: envelope, 300) {
            let opened = try? CMSEnvelope.decrypt($0, certificate: leaf, key: key)
            #expect(opened == nil || opened?.revealed == "content")
        }
    }

    /// Changed messages are refused or read, and nothing but the signed content passes as signed.
    @Test(arguments: ["req-full.der", "req-revoke.der", "rsp-pending.der", "rsp-success-ber.der", "rsp-two-split.der"])
    func signedMessages(_ name: String) throws {
        let original = try SignedMessage(Fixture.bytes("cmc/" + name))
        let anchors = [try CMCVectors.certificate("ca")]
        mutations(of: original.encoded, 1500) { bytes in
            guard let read = try? SignedMessage(bytes) else { return }
            if (try? read.verify(trustAnchors: anchors, at: CMCVectors.day)) != nil {
                #expect(read.content == original.content)
                #expect(read.contentType == original.contentType)
            }
        }
        mutations(of: original.content ?? [], 3000) { bytes in
            if let data = try? PKIData(bytes) { _ = try? data.der }
            if let response = try? PKIResponse(bytes) { _ = (response.statuses, try? response.der) }
        }
    }
}
