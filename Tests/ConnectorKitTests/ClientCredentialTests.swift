// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Secrets
import Testing

/// A certificate with its key, as a file or a variable can hold it.
@Suite struct ClientCredentialTests {
    private let key: PrivateKey
    private let certificate: Certificate
    private let password = Secret("correct horse")

    init() throws {
        key = try PrivateKey.generate(.p256)
        certificate = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "Operator")], publicKey: key.publicKey,
            notBefore: Date(timeIntervalSince1970: 1_700_000_000), notAfter: Date(timeIntervalSince1970: 2_000_000_000)
        ).selfSigned(key: key)
    }

    @Test func everyFormIsRead() throws {
        let file = try PKCS12Bundle(key: key, certificate: certificate).encrypted(password: password)
        let text = try Array(certificate.pem.utf8) + key.pem().withBytes { Array($0) }
        let forms: [[UInt8]] = [
            file, Array(Data(file).base64EncodedString().utf8),
            Array(Data(file).base64EncodedString(options: .lineLength64Characters).utf8) + [0x0A], text,
        ]
        for form in forms {
            let credential = try ClientCredential(Secret(form), password: password)
            #expect(credential.certificate == certificate && credential.key.pointsTo(certificate))
        }
    }

    @Test(arguments: ["/etc/certway/operator.p12", "MIIB", "hunter2", "", "{}"])
    func whatIsNoneIsRefused(text: String) throws {
        let error = #expect(throws: PKIXError.self) { try ClientCredential(Secret(text)) }
        #expect("\(try #require(error))".contains("file:") == text.hasPrefix("/"))
    }
}

extension PrivateKey {
    fileprivate func pointsTo(_ certificate: Certificate) -> Bool { (try? publicKey) == (try? certificate.publicKey) }
}
