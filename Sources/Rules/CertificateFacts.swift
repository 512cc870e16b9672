// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
public import PKIX

/// What is known of a certificate that is there.
public struct CertificateFacts {
    public var certificate: Certificate
    /// The CA that has signed it; nil where it is not at hand.
    public var issuer: Certificate?
    /// What was ordered, where that is known.
    public var order: OrderFacts?
    /// The moment of the look.
    public var now: Date
    /// Whether it has come back just now, so that its first day says something.
    public var isFresh = false

    public init(_ certificate: Certificate, issuer: Certificate? = nil, order: OrderFacts? = nil, now: Date) {
        self.certificate = certificate
        self.issuer = issuer
        self.order = order
        self.now = now
    }

    public var json: JSONValue {
        let subject = zip(certificate.subject.attributes, certificate.subjectStringTypes).map {
            RuleFacts.attribute($0.type, $0.value, kind: $1)
        }
        var facts = order?.json ?? [:]
        facts["subject"] = .array(subject)
        facts["names"] = .array(certificate.subjectAlternativeNames.map(RuleFacts.name))
        facts["key"] = key
        facts["usages"] = JSONValue(certificate.extendedKeyUsage.map(\.name))
        // RFC 5280 §4.1.2.5: both ends are part of the validity.
        facts["seconds"] = .number(certificate.notAfter.timeIntervalSince(certificate.notBefore) + 1)
        facts["securityIdentifier"] = JSONValue(certificate.securityIdentifier)
        facts["now"] = RuleFacts.time(now)
        facts["certificate"] = details
        facts["issuer"] = issuer.map(Self.issuer) ?? .null
        return facts
    }

    private var key: JSONValue {
        let key = try? certificate.publicKey
        return [
            "oid": .string(certificate.publicKeyAlgorithm),
            "algorithm": JSONValue(Self.algorithms[certificate.publicKeyAlgorithm]),
            "bits": key.map { JSONValue($0.bits) } ?? .null,
            "curve": JSONValue(key.flatMap { $0.isEC ? $0.curveName : nil }),
            "hasOwnCurve": JSONValue(key.map { $0.isEC && $0.hasCurveOfItsOwn } ?? false),
            "exponent": key?.rsaExponent.map { .number(Double($0)) } ?? .null,
        ]
    }

    /// RFC 8017, RFC 5480, RFC 8410, RFC 9881, RFC 9935.
    private static let algorithms = [
        "1.2.840.113549.1.1.1": "RSA", "1.2.840.10045.2.1": "EC", "1.3.101.112": "Ed25519", "1.3.101.113": "Ed448",
        "2.16.840.1.101.3.4.3.17": "ML-DSA-44", "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
        "2.16.840.1.101.3.4.3.19": "ML-DSA-87", "2.16.840.1.101.3.4.4.1": "ML-KEM-512",
        "2.16.840.1.101.3.4.4.2": "ML-KEM-768", "2.16.840.1.101.3.4.4.3": "ML-KEM-1024",
    ]

    private var details: JSONValue {
        let types = certificate.extensionTypes
        let serial = certificate.serialNumber.bytes
        return [
            "keyUsage": JSONValue.ifPresent(certificate.keyUsage?.names),
            "hasUsages": .bool(types.contains("2.5.29.37")),
            "hasNames": .bool(types.contains("2.5.29.17")), "extensions": JSONValue(types),
            "critical": JSONValue(certificate.criticalExtensionTypes),
            "policies": JSONValue(certificate.certificatePolicies),
            "qualifiers": .array(certificate.policyQualifiers.map(Self.qualifier)),
            "crlURLs": JSONValue(certificate.crlDistributionPoints),
            "information": .array(certificate.authorityInformation.map(Self.information)),
            "hasSubjectKeyIdentifier": .bool(certificate.subjectKeyIdentifier != nil),
            "hasAuthorityKeyIdentifier": .bool(certificate.authorityKeyIdentifier != nil),
            "authorityKeyIdentifierNamesIssuer": .bool(certificate.authorityKeyIdentifierNamesIssuer),
            "isCA": .bool(certificate.isCA), "hasPathLength": .bool(certificate.pathLengthConstraint != nil),
            "signature": Self.signature(certificate), "serialBits": JSONValue(Self.bits(serial)),
            "isSerialPositive": .bool(!certificate.hasNegativeSerialNumber && serial != [0]),
            "notBefore": RuleFacts.time(certificate.notBefore), "notAfter": RuleFacts.time(certificate.notAfter),
            "isFresh": .bool(isFresh),
            "hasIssuerName": issuer.map { .bool(certificate.hasIssuerName(of: $0)) } ?? .null,
        ]
    }

    private static func bits(_ number: [UInt8]) -> Int { number.count * 8 - (number.first?.leadingZeroBitCount ?? 0) }

    private static func signature(_ certificate: Certificate) -> JSONValue {
        ["oid": .string(certificate.signatureAlgorithm), "digest": JSONValue(certificate.signatureDigest)]
    }

    private static func qualifier(_ qualifier: PolicyQualifier) -> JSONValue {
        switch qualifier {
        case .cpsPointer(let uri): ["type": "cps", "value": .string(uri)]
        case .userNotice(let hasReference, let hasText):
            ["type": "userNotice", "hasReference": .bool(hasReference), "hasText": .bool(hasText)]
        case .other(let oid): ["type": .string(oid)]
        }
    }

    private static func information(_ entry: (method: String, location: GeneralName)) -> JSONValue {
        let methods = ["1.3.6.1.5.5.7.48.1": "ocsp", "1.3.6.1.5.5.7.48.2": "caIssuers"]
        var value: JSONValue = ["method": .string(methods[entry.method] ?? entry.method)]
        if case .uniformResourceIdentifier(let uri) = entry.location { value["uri"] = .string(uri) }
        return value
    }

    private static func issuer(_ issuer: Certificate) -> JSONValue {
        let key = try? issuer.publicKey
        return [
            "algorithm": JSONValue(algorithms[issuer.publicKeyAlgorithm]),
            "bits": key.map { JSONValue($0.bits) } ?? .null,
            "usages": JSONValue(issuer.extendedKeyUsage.map(\.name)), "isSelfSigned": .bool(issuer.isSelfSigned),
            "notBefore": RuleFacts.time(issuer.notBefore), "notAfter": RuleFacts.time(issuer.notAfter),
            "signature": signature(issuer), "hasSubjectKeyIdentifier": .bool(issuer.subjectKeyIdentifier != nil),
        ]
    }
}

extension JSONValue {
    fileprivate static func ifPresent(_ values: [String]?) -> JSONValue { values.map { JSONValue($0) } ?? .null }
}

extension RuleSubject.Kind {
    /// The kind that a certificate says it is, by the one reserved policy of S/MIME BR 7.1.6.1; nil where it names none, or several.
    public init?(_ certificate: Certificate) {
        let kinds = certificate.certificatePolicies.compactMap { policy -> RuleSubject.Kind? in
            guard policy.hasPrefix("2.23.140.1.5.") else { return nil }
            let numbers = policy.dropFirst("2.23.140.1.5.".count).split(separator: ".").compactMap { Int($0) }
            guard numbers.count == 2, (1...4).contains(numbers[0]), (1...3).contains(numbers[1]) else { return nil }
            return RuleSubject.Kind(
                [.mailbox, .organization, .sponsor, .individual][numbers[0] - 1],
                [.legacy, .multipurpose, .strict][numbers[1] - 1])
        }
        guard kinds.count == 1, let kind = kinds.first else { return nil }
        self = kind
    }
}
