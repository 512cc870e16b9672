// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
import Foundation
public import JSONDocuments
import PKIX

/// What is known of a certificate before it is ordered.
public struct OrderFacts: Sendable {
    /// As they would be asked for; nil while no person is looked at.
    public var names: RequestedNames?
    /// The person's main mail address.
    public var primaryAddress: String?
    public var purpose: CertificatePurpose
    public var keyType: KeyType
    /// Asked for, or what the product gives where it gives one length alone.
    public var validityDays: Int?
    /// Purposes beyond that of the order which the certificate may have, because profile or template says so.
    public var furtherUsages: [KeyPurpose] = []
    /// Whether others get a copy of the key: an archive, or devices.
    public var isCopied = false
    public var product: ProductFacts?
    public var kind: RuleSubject.Kind?
    public var caaIdentifiers: [String] = []
    /// What the mail domains say of CAs; nil where nobody has asked.
    public var caa: [CAAFinding]?

    public init(purpose: CertificatePurpose, keyType: KeyType, product: ProductFacts?) {
        self.purpose = purpose
        self.keyType = keyType
        self.product = product
    }

    public var json: JSONValue {
        let taken = product?.allowedNames
        let names = names.map { Self.taken($0, taken) }
        return [
            "subject": .array(
                (names?.distinguishedName.attributes ?? []).filter { _ in names?.hasSubject == true }.map {
                    RuleFacts.attribute($0.type, $0.value)
                }),
            "names": .array((names?.alternativeNames ?? []).map(RuleFacts.name)), "hasPerson": .bool(names != nil),
            "securityIdentifier": JSONValue(names?.securityIdentifier),
            "primaryAddress": JSONValue(primaryAddress), "key": key, "purpose": .string(purpose.rawValue),
            "usages": JSONValue(
                ([purpose.extendedKeyUsage] + furtherUsages).map(
                    \.name)),
            "seconds": validityDays.map { JSONValue($0 * 86_400) } ?? .null, "isCopied": .bool(isCopied),
            "type": JSONValue(kind?.subject.rawValue), "generation": JSONValue(kind?.generation?.rawValue),
            "product": product.map { product in
                [
                    "id": .string(product.id), "takes": taken.map { JSONValue($0) } ?? .null,
                    "longestDays": product.validityDays?.longest.map { JSONValue($0) } ?? .null,
                ]
            } ?? .null,
            "caaIdentifiers": caaIdentifiers.isEmpty ? .null : JSONValue(caaIdentifiers),
            "caa": caa.map { .array($0.map(\.json)) } ?? .null, "certificate": .null, "issuer": .null,
        ]
    }

    /// What the CA takes over of the names; the others stand in no certificate.
    private static func taken(_ names: RequestedNames, _ allowed: [String]?) -> RequestedNames {
        guard let allowed else { return names }
        return RequestedNames(json: .object((names.json.object ?? [:]).filter { allowed.contains($0.key) }))
    }

    private var key: JSONValue {
        [
            "algorithm": keyType.isRSA ? "RSA" : "EC",
            "bits": JSONValue(keyType.modulusBits ?? (keyType == .p384 ? 384 : 256)),
            "curve": keyType.isRSA ? .null : keyType == .p384 ? "secp384r1" : "prime256v1", "hasOwnCurve": false,
            "exponent": keyType.isRSA ? 65537 : .null,
        ]
    }
}

extension RequestedNames {
    /// Whether anything but addresses is asked for; a subject made of an address alone is the CA's own.
    fileprivate var hasSubject: Bool { (json.object ?? [:]).contains { $0.key != "emails" } }
}
