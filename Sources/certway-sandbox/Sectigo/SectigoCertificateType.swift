// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import PKIX

/// One client certificate profile of the customer, which SCM calls a type (wire/sectigo-scm.md section 4).
struct SectigoCertificateType: Sendable {
    private(set) var id: Int
    let terms: [Int]
    let product: SandboxProduct
    /// Whether the subject names the organization.
    let namesOrganization: Bool
    /// Organizations and departments that may order it.
    let organizations: Set<Int>

    init(
        _ id: Int, _ name: String, _ profile: CertificateProfile, terms: [Int],
        keys: Set<KeyType> = Set(KeyType.allCases),
        namesOrganization: Bool = false, organizations: Set<Int> = [77, 78], policies: [String] = []
    ) {
        self.id = id
        self.terms = terms
        self.namesOrganization = namesOrganization
        self.organizations = organizations
        product = SandboxProduct(
            id: String(id), name: name, profile: profile, keyTypes: keys, days: 1...(terms.max() ?? 1),
            usualDays: terms.first ?? 365, policies: policies)
    }

    static let all = [
        SectigoCertificateType(
            501, "Personal S/MIME", .smimeMultipurpose, terms: [365, 730], policies: ["2.23.140.1.5.1.2"]),
        SectigoCertificateType(
            502, "Sponsor S/MIME", .smimeMultipurpose, terms: [365, 730, 825], namesOrganization: true,
            policies: ["2.23.140.1.5.3.2"]),
        SectigoCertificateType(503, "S/MIME signing", .smimeSigning, terms: [365, 730], organizations: [77]),
        SectigoCertificateType(
            504, "S/MIME encryption", .smimeEncryption, terms: [730], keys: [.rsa2048, .rsa3072, .rsa4096],
            organizations: [77]),
        SectigoCertificateType(505, "Client authentication", .clientAuthentication, terms: [365], organizations: [77]),
        // Visible to an administrator who does not say for which organization, and of no use to any.
        SectigoCertificateType(599, "Former S/MIME", .smime, terms: [365], organizations: []),
    ]

    /// The types as they are called now.
    ///
    /// - Parameter names: new ids by first ones, as the switch `renamedProducts` has them.
    static func all(renamed names: JSONValue?) -> [SectigoCertificateType] {
        all.map { type in
            var type = type
            type.id = names?[String(type.id)]?.string.flatMap { Int($0) } ?? type.id
            return type
        }
    }

    static func with(id: Int) -> SectigoCertificateType? { all.first { $0.id == id } }

    var json: JSONValue {
        let sizes = product.keyTypes.compactMap(\.modulusBits).sorted().map(String.init)
        var keys: JSONValue = ["RSA": JSONValue(sizes)]
        let curves = [(KeyType.p256, "P-256"), (.p384, "P-384")].filter { product.keyTypes.contains($0.0) }
        if !curves.isEmpty { keys["EC"] = JSONValue(curves.map(\.1)) }
        return [
            "id": JSONValue(id), "name": .string(product.name), "description": "",
            "terms": .array(terms.map { JSONValue($0) }), "keyTypes": keys, "useSecondaryOrgName": false,
        ]
    }
}
