// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Foundation
internal import JSONDocuments
internal import PKIX

/// Orders as the gateway might place them, for every product of a profile.
struct SampleOrders {
    /// What is asked for, in words.
    let title: String
    let request: CertificateRequest

    /// - Returns: for each product one with every name it takes and all options, and one with only the required ones.
    static func all(_ profile: ConnectorProfile, now: Date) throws -> [SampleOrders] {
        let key = try PrivateKey.generate(.p256)
        return try profile.products.flatMap { product in
            let whole = product.allowedNames ?? RequestedNames.keys
            let schemas = product.options ?? []
            let least = schemas.filter { $0.isRequired || $0.defaultValue != nil }
            return [
                try sample("product \(product.id) with all names", product, whole, key, schemas, now),
                try sample(
                    "product \(product.id) with only the required names", product, product.requiredNames, key,
                    least, now),
            ]
        }
    }

    private static func sample(
        _ title: String, _ product: ProductFacts, _ names: [String], _ key: PrivateKey,
        _ options: [SettingSchema], _ now: Date
    ) throws -> SampleOrders {
        let given = names.map { ($0, texts[$0] ?? "Sample") }
        let names = RequestedNames(json: .object(Dictionary(given) { first, _ in first }))
        let csr = try CertificateSigningRequest.make(
            subject: names.distinguishedName, alternativeNames: names.alternativeNames,
            securityIdentifier: names.securityIdentifier, key: key)
        let request = CertificateRequest(
            reference: "cw-sample", product: product.id, csr: csr, names: names,
            validityDays: product.validityDays?.longest ?? 365, purpose: product.purposes.first ?? .smime,
            options: .object(Dictionary(options.map { ($0.key, SampleSettings.value($0)) }) { first, _ in first }),
            submittedAt: now)
        return SampleOrders(title: title, request: request)
    }

    private static let texts: [String: JSONValue] = [
        "emails": ["ada@sample.example"], "userPrincipalName": "ada@sample.example", "country": "AT",
        "securityIdentifier": "S-1-5-21-1-2-3-1001", "accountName": "SAMPLE\\ada",
    ]
}
