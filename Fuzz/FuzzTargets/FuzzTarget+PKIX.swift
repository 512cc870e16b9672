// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Secrets

extension FuzzTarget {
    /// Certificates, certs-only messages and everything else that carries certificates.
    static let pkcs7 = FuzzTarget(
        name: "pkcs7", title: "PKCS #7, PKCS #10, PKCS #12 and certificates, DER, BER and PEM",
        words: ["-----BEGIN PKCS7-----\n", "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n"]
    ) { bytes in
        var found = (try? Certificate.all(pkcs7: bytes)) ?? []
        found += (try? Certificate.all(pem: String(decoding: bytes, as: UTF8.self))) ?? []
        if let certificate = try? Certificate(der: bytes) { found.append(certificate) }
        for certificate in found.prefix(8) {
            _ = (certificate.subject.description, certificate.issuer.description, certificate.serialNumber.hex)
            _ = (certificate.emailAddresses, certificate.subjectAlternativeNames, certificate.isCA)
            _ = (try? certificate.publicKey)?.algorithmName
            guard let again = try? Certificate(der: certificate.der) else { fatalError("cannot read back") }
            demand(again == certificate, "another certificate came back")
        }
        if let first = found.first, let key = try? first.publicKey {
            _ = try? CertificateChain(CertificateChain.order(found, leafKey: key)).verify(
                trustAnchors: [first], at: Date())
        }
        _ = try? CertificateSigningRequest(der: bytes)
        _ = try? CertificateRevocationList(der: bytes).entries
        _ = try? PKCS12Bundle.open(bytes, password: Secret("secret"))
    }

    /// Signed messages and what CMC puts into them.
    static let cmc = FuzzTarget(name: "cmc", title: "CMC messages in their CMS envelope", words: []) { bytes in
        var bodies = [bytes]
        if let message = try? SignedMessage(bytes) {
            _ = try? message.verify(pinned: message.certificates, at: Date())
            if let content = message.content { bodies.append(content) }
        }
        for body in bodies {
            // What can be read can be written, and is the same when it is read again; only sets are sorted.
            if let data = try? PKIData(body), let der = try? data.der {
                demand((try? PKIData(der).der) == der, "another PKIData came back")
            }
            if let response = try? PKIResponse(body), let der = try? response.der {
                demand((try? PKIResponse(der).der) == der, "another PKIResponse came back")
                _ = response.statuses
            }
        }
    }
}
