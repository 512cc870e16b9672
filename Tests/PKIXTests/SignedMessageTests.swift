// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Secrets
import TestSupport
import Testing

@Suite struct SignedMessageTests {
    private let pkiData = "1.3.6.1.5.5.7.12.2"
    private let text = Array("line\nwith line feeds\n".utf8)

    private func sign(
        _ content: [UInt8], _ identification: SignedMessage.SignerIdentification = .issuerAndSerialNumber,
        attributes: [(type: String, value: [UInt8])] = []
    ) throws -> [UInt8] {
        try SignedMessage.sign(
            content, contentType: pkiData, certificate: CMCVectors.certificate("ra"), key: CMCVectors.key("ra"),
            identification: identification, certificates: [CMCVectors.certificate("ca"), CMCVectors.certificate("ra")],
            signedAttributes: attributes)
    }

    @Test(arguments: SignedMessage.SignerIdentification.allCases)
    func opensslVerifiesWhatWeSign(_ identification: SignedMessage.SignerIdentification) async throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write(sign(text, identification), "message.der")
        let anchor = try folder.write(CMCVectors.certificate("ca").pem, "ca.pem")
        let content = try await Tool.openssl(
            "cms", "-verify", "-binary", "-inform", "DER", "-in", file, "-CAfile", anchor, "-purpose", "any")
        #expect(Array(content.utf8) == text)
        let printed = try await Tool.openssl("cms", "-cmsout", "-print", "-inform", "DER", "-in", file)
        #expect(printed.contains("version: 3"))
        #expect(printed.contains("id-cct-PKIData"))
    }

    @Test(arguments: SignedMessage.SignerIdentification.allCases)
    func readsBackWhatWasSigned(_ identification: SignedMessage.SignerIdentification) throws {
        let requester = Array("\u{0C}\u{13}EXAMPLE\\anna.muster".utf8)
        let message = try SignedMessage(
            sign(text, identification, attributes: [("1.3.6.1.4.1.311.13.2.1", requester)]))
        let ra = try CMCVectors.certificate("ra")
        #expect(message.contentType == pkiData)
        #expect(message.content == text)
        #expect(try Set(message.certificates) == [ra, CMCVectors.certificate("ca")])
        let signer = try #require(message.signers.first)
        #expect(message.signers.count == 1)
        #expect(signer.signedAttributes["1.3.6.1.4.1.311.13.2.1"] == [requester])
        #expect(signer.signingTime.map { abs($0.timeIntervalSinceNow) < 600 } == true)
        switch identification {
        case .issuerAndSerialNumber:
            #expect(signer.identifier == .issuerAndSerialNumber(ra.issuer, ra.serialNumber))
        case .subjectKeyIdentifier: #expect(signer.identifier == .subjectKeyIdentifier(ra.subjectKeyIdentifier ?? []))
        }
        #expect(try message.verify(pinned: [ra], at: CMCVectors.day) == [ra])
        #expect(try message.verify(trustAnchors: [CMCVectors.certificate("ca")], at: CMCVectors.day) == [ra])
        #expect(throws: PKIXError(.untrusted, "")) {
            try message.verify(pinned: [CMCVectors.certificate("cmc-signer")], at: CMCVectors.day)
        }
        #expect(throws: PKIXError(.untrusted, "")) { try message.verify(at: CMCVectors.day) }
        #expect(throws: PKIXError(.untrusted, "")) {
            try message.verify(pinned: [ra], at: ra.notAfter.addingTimeInterval(1))
        }
    }

    @Test func anAttributeThatIsNoValueIsRefused() throws {
        #expect(throws: PKIXError(.malformed, "")) { try sign(text, attributes: [("1.2.3", [4, 9, 1])]) }
        #expect(throws: PKIXError(.malformed, "")) { try sign(text, attributes: [("no oid", [5, 0])]) }
    }

    @Test func aStrangersKeyIsRefused() throws {
        #expect(throws: PKIXError(.unacceptable, "")) {
            try SignedMessage.sign(
                text, contentType: pkiData, certificate: CMCVectors.certificate("ra"), key: CMCVectors.key("rogue"))
        }
    }

    /// Each vector verifies, or does not, as its manifest says; OpenSSL's own reading of the same bytes agrees.
    @Test(arguments: try CMCVectors().all)
    func vectors(_ vector: CMCVectors.Vector) throws {
        let message = try SignedMessage(vector.bytes())
        let anchors = [try CMCVectors.certificate("ca")]
        switch (vector.facts["verify"]?.string, vector.name) {
        case ("nosigner", _):
            #expect(message.isCertsOnly)
            #expect(throws: PKIXError(.malformed, "")) { try message.verify(trustAnchors: anchors, at: CMCVectors.day) }
        case ("fail", "req-bad-signature.der"), ("fail", "rsp-bad-signature.der"):
            #expect(throws: PKIXError(.signatureMismatch, "")) {
                try message.verify(trustAnchors: anchors, at: CMCVectors.day)
            }
        case ("fail", _):
            #expect(throws: PKIXError(.untrusted, "")) { try message.verify(trustAnchors: anchors, at: CMCVectors.day) }
        default:
            let signer = vector.facts["signer"]?.string ?? "cmc-signer"
            #expect(
                try message.verify(trustAnchors: anchors, at: CMCVectors.day) == [CMCVectors.certificate(signer)])
        }
    }

    @Test func otherContentUnderTheSameSignatureIsRefused() throws {
        // The same SignerInfo under another content type: only the label outside the signature is changed.
        var bytes = try Fixture.bytes("cmc/req-full.der")
        let type: [UInt8] = [6, 8, 0x2B, 6, 1, 5, 5, 7, 0x0C, 2]
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: type) })
        bytes[place + type.count - 1] = 3
        let message = try SignedMessage(bytes)
        #expect(message.contentType == "1.3.6.1.5.5.7.12.3")
        #expect(throws: PKIXError(.malformed, "")) {
            try message.verify(trustAnchors: [CMCVectors.certificate("ca")], at: CMCVectors.day)
        }
    }

    /// SHA-1 can be forged.
    @Test func aWeakHashIsRefused() async throws {
        let ra = try CMCVectors.certificate("ra")
        let folder = try TemporaryDirectory()
        let certificate = try folder.write(ra.pem, "ra.pem")
        let key = try folder.write(CMCVectors.key("ra").pem().revealed, "ra.key")
        func signed(_ hash: String) async throws -> SignedMessage {
            let output = folder.path + "/\(hash).der"
            _ = try await Tool.openssl(
                "cms", "-sign", "-binary", "-nodetach", "-md", hash, "-outform", "DER", "-signer", certificate,
                "-inkey", key, "-out", output, input: text)
            return try SignedMessage(Array(Data(contentsOf: URL(fileURLWithPath: output))))
        }
        #expect(try await signed("sha256").verify(pinned: [ra], at: CMCVectors.day) == [ra])
        let weak = try await signed("sha1")
        #expect(throws: PKIXError(.unacceptable, "")) { try weak.verify(pinned: [ra], at: CMCVectors.day) }
    }

    /// A certificate in the message that borrows name and number of the pinned one does not take its place.
    @Test func aBorrowedNameDoesNotHideThePinnedSigner() throws {
        let authority = try TestAuthority()
        let key = try PrivateKey.generate(.p256)
        let signer = try authority.issue(.smimeSigning, [("CN", "RA")], key.publicKey)
        var builder = authority.builder(.smimeSigning, [("CN", "RA")], try PrivateKey.generate(.p256).publicKey)
        builder.serialNumber = signer.serialNumber
        let borrowed = try builder.signed(by: authority.certificate, key: authority.key)
        let message = try SignedMessage(
            SignedMessage.sign(
                text, contentType: pkiData, certificate: signer, key: key, certificates: [borrowed, signer]))
        #expect(message.certificates.contains(borrowed))
        #expect(try message.verify(pinned: [signer], at: authority.now) == [signer])
    }

    @Test func whatIsNoSignedDataIsRefused() throws {
        let envelope = try CMSEnvelope.encrypt(Secret("x"), recipients: [CMCVectors.certificate("ra")])
        #expect(throws: PKIXError(.malformed, "")) { try SignedMessage(envelope) }
        #expect(throws: PKIXError(.malformed, "")) { try SignedMessage([]) }
        #expect(throws: PKIXError(.malformed, "")) { try SignedMessage(Fixture.bytes("cmc/rsp-success.der") + [0]) }
        #expect(throws: PKIXError(.malformed, "")) { try SignedMessage(Array("<html>busy</html>".utf8)) }
    }

    /// Certificates are taken out of DER without OpenSSL reading the message: they are the same, and what it refuses is refused.
    @Test func certificatesAreTheSameTakenOut() throws {
        var readings = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: Fixture.folder("cmc"))
        where name.hasSuffix(".der") {
            let bytes = try Fixture.bytes("cmc/\(name)")
            let read = try? SignedMessage(bytes).certificates
            #expect((try? Certificate.all(pkcs7: bytes)) == read, "\(name)")
            readings += read?.isEmpty == false ? 1 : 0
        }
        #expect(readings > 20)
        let certificates = try ["ra", "ca"].map(CMCVectors.certificate)
        for bag in [certificates, [certificates[0]], []] {
            let bytes = try CertsOnlyMessage.encode(bag)
            #expect(try Certificate.all(pkcs7: bytes) == SignedMessage(bytes).certificates)
            #expect(throws: PKIXError(.malformed, "")) { try Certificate.all(pkcs7: bytes + [0]) }
        }
    }

    @Test func damageIsRefusedAsOpenSSLRefusesIt() throws {
        let bytes = try CertsOnlyMessage.encode([CMCVectors.certificate("ra")])
        for index in bytes.indices {
            var damaged = bytes
            // A neighbouring tag or length, the other form of a tag, and everything else.
            damaged[index] ^= [0x01, 0x20, 0xFF][index % 3]
            let read = try? SignedMessage(damaged).certificates
            #expect((try? Certificate.all(pkcs7: damaged)) == read, "byte \(index)")
        }
    }
}
