// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// Makes a certificate say something else than was ordered (`Disobedience`).
struct FalseCertificate {
    let switches: CASwitches
    let now: Date

    func change(_ builder: inout CertificateBuilder) throws {
        if switches.disobeys(.wrongKey) { builder.publicKey = try Self.otherKey(like: builder.publicKey) }
        if switches.disobeys(.missingAddress) {
            let last = builder.alternativeNames.lastIndex { if case .rfc822Name = $0 { true } else { false } }
            if let last { builder.alternativeNames.remove(at: last) }
        }
        if switches.disobeys(.extraAddress) {
            builder.alternativeNames.append(.rfc822Name("somebody.else@\(PersonGenerator.domain)"))
        }
        if switches.disobeys(.wrongCommonName) {
            builder.subject.attributes.removeAll { $0.type == "CN" }
            builder.subject.attributes.append(.init("CN", "Somebody Else"))
        }
        if switches.disobeys(.missingUPN) {
            builder.alternativeNames.removeAll { if case .userPrincipalName = $0 { true } else { false } }
        }
        if switches.disobeys(.missingSID) {
            builder.securityIdentifier = nil
            builder.alternativeNames.removeAll {
                if case .uniformResourceIdentifier(let uri) = $0 { uri.hasPrefix("tag:microsoft.com,") } else { false }
            }
        }
        if switches.disobeys(.wrongUsage) {
            builder.keyUsage = [.nonRepudiation]
            builder.extendedKeyUsage = ["1.3.6.1.5.5.7.3.3"]  // code signing
        }
        let length = builder.notAfter.timeIntervalSince(builder.notBefore)
        if switches.disobeys(.shortValidity) { builder.notAfter = builder.notBefore.addingTimeInterval(86_400) }
        if switches.disobeys(.longValidity) { builder.notAfter = builder.notBefore.addingTimeInterval(length * 3) }
        if switches.disobeys(.expiredCertificate) {
            builder.notAfter = now.addingTimeInterval(-86_400)
            builder.notBefore = builder.notAfter.addingTimeInterval(-length)
        }
    }

    /// The certificate of a person whom nobody asked about.
    static func ofSomebodyElse(_ builder: CertificateBuilder) throws -> CertificateBuilder {
        var builder = builder
        builder.serialNumber = .random()
        builder.publicKey = try otherKey(like: builder.publicKey)
        builder.subject = [("CN", "Somebody Else")]
        builder.alternativeNames = [.rfc822Name("somebody.else@\(PersonGenerator.domain)")]
        return builder
    }

    private static func otherKey(like key: PublicKey) throws -> PublicKey {
        try PrivateKey.generate(key.keyType ?? .p256).publicKey
    }
}
