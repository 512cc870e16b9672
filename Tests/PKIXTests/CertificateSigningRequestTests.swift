// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import TestSupport
import Testing

@Suite struct CertificateSigningRequestTests {
    @Test(arguments: [KeyType.rsa2048, .p256, .p384]) func requestsAreReadByOthers(_ type: KeyType) async throws {
        let key = try PrivateKey.generate(type)
        let names: [GeneralName] = [.rfc822Name("ada@sandbox.example"), .userPrincipalName("ada@sandbox.example")]
        let request = try CertificateSigningRequest.make(
            subject: [("C", "DE"), ("O", "Prüfung"), ("CN", "Ada Lovelace")], alternativeNames: names, key: key)
        let text = try await Tool.openssl(
            "req", "-verify", "-noout", "-subject", "-text", input: Array(request.pem.utf8))
        #expect(text.contains("email:ada@sandbox.example"))
        #expect(text.contains("CN = Ada Lovelace"))
        let program = """
            import sys
            from cryptography import x509
            request = x509.load_pem_x509_csr(sys.stdin.buffer.read())
            assert request.is_signature_valid
            print(request.subject.rfc4514_string())
            """
        #expect(try await Tool.python(program, input: Array(request.pem.utf8)) == request.subject.description + "\n")
        let read = try CertificateSigningRequest(pem: request.pem)
        #expect(read == request)
        #expect(read.subjectAlternativeNames == names)
        #expect(try read.publicKey == key.publicKey)
    }

    @Test func aChangedRequestDoesNotVerify() throws {
        let request = try CertificateSigningRequest.make(subject: [("CN", "Ada")], key: .generate(.p256))
        var der = request.der
        // The common name's last letter.
        let index = try #require(der.indices.first { Array(der[$0...].prefix(3)) == Array("Ada".utf8) })
        der[index + 2] = UInt8(ascii: "e")
        let changed = try CertificateSigningRequest(der: der)
        #expect(changed.subject.commonName == "Ade")
        #expect(throws: PKIXError(.signatureMismatch, "")) { try changed.verifySignature() }
        #expect(throws: PKIXError(.malformed, "")) { try CertificateSigningRequest(der: request.der + [0]) }
    }

    @Test func emptySubjectIsAllowed() throws {
        let request = try CertificateSigningRequest.make(subject: [], key: .generate(.p256))
        #expect(request.subject.isEmpty)
        #expect(request.subjectAlternativeNames.isEmpty)
    }

    @Test func namesThatCannotBeEncodedAreNamed() throws {
        let key = try PrivateKey.generate(.p256)
        let bad: [(DistinguishedName, [GeneralName], String)] = [
            ([("CN", String(repeating: "x", count: 65))], [], "CN with 65 characters"),
            ([("C", "Germany")], [], "C with 7 characters"),
            ([("nickname", "x")], [], "nickname is not known"),
            ([], [.rfc822Name("jürgen@sandbox.example")], "jürgen@sandbox.example"),
            ([], [.rfc822Name("nobody")], "not a mail address"),
            ([], [.uniformResourceIdentifier("http://a b")], "percent-encode"),
        ]
        for (subject, names, words) in bad {
            let error = #expect(throws: PKIXError(.unacceptable, "")) {
                try CertificateSigningRequest.make(subject: subject, alternativeNames: names, key: key)
            }
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
    }

    /// Microsoft's attribute beside the standard's, two of the standard's, and one with two values: made by hand, for no tool makes them.
    @Test(arguments: [
        "MIIBKDCB0AIBADAaMRgwFgYDVQQDDA93d3cuZXhhbXBsZS5vcmcwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARXRFfSFfJgDRAS4WOmLlfF"
            + "xkhElCh1+fvM785FTkgqpNL1yP59Rtp1sAxWRlpsY+vBHYyo2/wMV80uZuv7TyI1oFQwJQYKKwYBBAGCNwIBDjEXMBUwEwYDVR0RBAwwCoII"
            + "ZXZpbC5jb20wKwYJKoZIhvcNAQkOMR4wHDAaBgNVHREEEzARgg93d3cuZXhhbXBsZS5vcmcwCgYIKoZIzj0EAwIDRwAwRAIgD92VwCjEqlY4"
            + "iTJMAYjB/5kGWfHzg46njjwSOo6y/4cCIFtRdlTTK1D2Bm4PpoC4S2/XshevJZqLer4ojfmWcq2w",
        "MIIBKTCBzwIBADAaMRgwFgYDVQQDDA93d3cuZXhhbXBsZS5vcmcwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASPLpmtVu2WCy5StcejDhkj"
            + "WReBkpLC3+pJaolxC8W8Vnde1FAGWjqD5MZYkL91lmiu1iNI4MroWvSoOqeK6bFDoFMwJAYJKoZIhvcNAQkOMRcwFTATBgNVHREEDDAKgghl"
            + "dmlsLmNvbTArBgkqhkiG9w0BCQ4xHjAcMBoGA1UdEQQTMBGCD3d3dy5leGFtcGxlLm9yZzAKBggqhkjOPQQDAgNJADBGAiEAuira/zZXrZ9e"
            + "QUoSEsg/v25IkWRnN+JSPIzaJHFiLKcCIQCNOkCb98N0IrC3FiR5zTJs7Lv4iaap4Qs7LqtlW+X1FQ==",
        "MIIBGTCBwAIBADAaMRgwFgYDVQQDDA93d3cuZXhhbXBsZS5vcmcwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ37TktTVzFoqa0gf8ZyhBL"
            + "qEjtVLhcZW04jdkkk6QoosI9lqQU39S3YjkIOxMGrveyYxM7LDjzlSaE1k2+/IxuoEQwQgYJKoZIhvcNAQkOMTUwFTATBgNVHREEDDAKgghl"
            + "dmlsLmNvbTAcMBoGA1UdEQQTMBGCD3d3dy5leGFtcGxlLm9yZzAKBggqhkjOPQQDAgNIADBFAiEAtYiivUQjnyr4VmstlQtKKPNG5oQ+Hzw+"
            + "E+SRlNblIW8CIFiazF36mlXvlSLTU1jt553LyGIYUuN/XQEreFH5nysa",
    ])
    func severalListsOfExtensionsAreCounted(_ text: String) throws {
        let request = try CertificateSigningRequest(der: Array(#require(Data(base64Encoded: text))))
        try request.verifySignature()
        #expect(request.extensionLists == 2 && request.subjectAlternativeNames.count == 1)
        let plain = try CertificateSigningRequest.make(
            subject: [], alternativeNames: [.dNSName("a.example")], key: .generate(.p256))
        #expect(plain.extensionLists == 1)
        #expect(try CertificateSigningRequest.make(subject: [], key: .generate(.p256)).extensionLists == 0)
    }
}
