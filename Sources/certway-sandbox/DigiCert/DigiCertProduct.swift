// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// One product of the account (wire/digicert-certcentral.md sections 3 and 4).
struct DigiCertProduct: Sendable {
    /// Which members an order must have.
    enum Kind: Sendable {
        case mailbox, sponsor, organization, client, class1
    }

    let nameID: String
    let name: String
    let kind: Kind
    var isCurrent = true
    var allowsDuplicates = false
    /// For client authentication only, without mail protection.
    var isClientAuthenticationOnly = false
    /// For signing only, whatever the order says.
    var isSigningOnly = false

    var needsOrganization: Bool { kind != .mailbox && kind != .class1 }
    var isSecureEmail: Bool { kind == .mailbox || kind == .sponsor || kind == .organization }

    static let all = [
        DigiCertProduct(nameID: "secure_email_mailbox", name: "Secure Email for Individual", kind: .mailbox),
        DigiCertProduct(nameID: "secure_email_sponsor", name: "Secure Email for Business", kind: .sponsor),
        DigiCertProduct(
            nameID: "secure_email_organization", name: "Secure Email for Organization", kind: .organization),
        DigiCertProduct(
            nameID: "client_premium", name: "Premium", kind: .client, isCurrent: false, allowsDuplicates: true),
        DigiCertProduct(
            nameID: "client_email_security_plus", name: "Email Security Plus", kind: .client, isCurrent: false),
        DigiCertProduct(
            nameID: "client_digital_signature_plus", name: "Digital Signature Plus", kind: .client, isCurrent: false,
            isSigningOnly: true),
        DigiCertProduct(nameID: "class1_smime", name: "Class 1 S/MIME", kind: .class1, isCurrent: false),
        DigiCertProduct(
            nameID: "client_authentication_plus", name: "Authentication Plus", kind: .client,
            isClientAuthenticationOnly: true),
    ]

    static func named(_ nameID: String) -> DigiCertProduct? { all.first { $0.nameID == nameID } }

    var json: JSONValue {
        [
            "group_name": "client_certificate", "name_id": .string(nameID), "name": .string(name),
            "type": "client_certificate", "allowed_container_ids": [JSONValue(DigiCertAccount.containerID)],
            "allowed_validity_years": [1, 2],
            "signature_hash_types": [
                "allowed_hash_types": [
                    ["id": "sha256", "name": "SHA-256"], ["id": "sha384", "name": "SHA-384"],
                    ["id": "sha512", "name": "SHA-512"],
                ], "default_hash_type_id": "sha256",
            ],
        ]
    }

    var details: JSONValue {
        var value = json
        value["duplicates_allowed"] = .bool(allowsDuplicates)
        value["csr_required"] = false
        value["custom_expiration_date_allowed"] = true
        value["allow_auto_renew"] = false
        value["server_platforms"] = []
        return value
    }
}
