// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import PKIX

/// By which field Entra ID knows a certificate as somebody's, with high affinity (wire/entra-cba.md section 4).
///
/// The field that is named after the public key is left out: what it holds is not certain, and it changes with every renewal.
public enum CertificateUserIDField: String, Sendable, Hashable, CaseIterable {
    case subjectKeyIdentifier
    case issuerAndSerialNumber

    /// The text that stands for a certificate in a person's `certificateUserIds`; nil where the certificate lacks the field.
    public func value(of certificate: Certificate) -> String? {
        switch self {
        case .subjectKeyIdentifier:
            certificate.subjectKeyIdentifier.map { "X509:<SKI>\($0.hex)" }
        case .issuerAndSerialNumber:
            // Names in the order of the encoding, numbers with their bytes turned round, as Windows keeps them.
            "X509:<I>\(Self.text(of: certificate.issuer))<SR>\(Array(certificate.serialNumber.bytes.reversed()).hex)"
        }
    }

    private static let windowsTypes = ["emailAddress": "E", "ST": "S", "GN": "G", "title": "T"]

    private static func text(of name: DistinguishedName) -> String {
        name.attributes.map { attribute in
            let isPlain =
                !attribute.value.unicodeScalars.contains { ",+=\"\n<>#;".unicodeScalars.contains($0) }
                && attribute.value.first != " " && attribute.value.last != " "
            let value =
                isPlain
                ? attribute.value
                : "\"\(attribute.value.replacingOccurrences(of: "\"", with: "\"\"", options: .literal))\""
            return "\(windowsTypes[attribute.type] ?? attribute.type)=\(value)"
        }.joined(separator: ",")
    }
}
