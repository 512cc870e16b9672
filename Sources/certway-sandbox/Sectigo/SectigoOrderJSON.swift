// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Orders as SCM shows them in lists and details (wire/sectigo-scm.md sections 7, 8 and 11).
struct SectigoOrderJSON {
    static let states: Set<String> = [
        "blank", "created", "requested", "issued", "downloaded", "expired", "revoked", "rejected", "pre_revoked",
    ]

    let order: SandboxOrder

    var state: String {
        switch order.status {
        case .pending: "requested"
        case .issued: "issued"
        case .rejected, .cancelled: "rejected"
        case .revoked: "revoked"
        case .expired: "expired"
        }
    }

    func row(_ version: String) -> JSONValue {
        var certificateDetails: JSONValue = ["subject": .string("\(order.application.subject)")]
        if let certificate = order.certificate {
            certificateDetails = [
                "subject": .string("\(certificate.subject)"), "issuer": .string("\(certificate.issuer)"),
                "subjectAltNames": .string(
                    certificate.emailAddresses.map { "RFC822Name=\($0)" }.joined(separator: ", ")),
                "sha1Hash": .string(certificate.sha1Fingerprint.uppercased()),
            ]
        }
        var row: JSONValue = [
            "id": JSONValue(SectigoAccount.certificateID(order)), "state": .string(state),
            "certificateDetails": certificateDetails,
        ]
        guard version == "v2" else { return row }
        // What was rejected never got a number at the CA.
        let isKnownToCA = order.status != .rejected
        row["serialNumber"] = .string(order.certificate == nil ? "" : colons)
        row["orderNumber"] = isKnownToCA ? Int(order.id).map { JSONValue(id: $0) } ?? .null : 0
        row["backendCertId"] = isKnownToCA ? .string(order.id) : .null
        row["expires"] = order.certificate.map { .string(Timestamp.day($0.notAfter)) } ?? .null
        row["comments"] = JSONValue(order.application.reference)
        return row
    }

    func details(_ date: SectigoDate) -> JSONValue {
        let application = order.application
        var value: JSONValue = [
            "id": JSONValue(SectigoAccount.certificateID(order)),
            "commonName": JSONValue(order.certificate?.subject.commonName ?? application.subject.commonName),
            "orgId": application.details["organizationID"] ?? .null, "status": .string(state),
            "backendCertId": .string(order.id),
            "certType": Int(application.product.id).flatMap(SectigoCertificateType.with(id:))?.json ?? .null,
            "term": application.details["term"] ?? .null, "requestedVia": "REST Enroll API",
            "requested": .string(date.text(order.created)), "comments": JSONValue(application.reference),
            "suspendNotifications": false,
        ]
        if let certificate = order.certificate {
            value["issued"] = .string(date.text(certificate.notBefore))
            value["expires"] = .string(date.text(certificate.notAfter))
            value["serialNumber"] = .string(colons)
            value["keyType"] = JSONValue(
                (try? certificate.publicKey.algorithmName)?.replacing(" ", with: " - ", maxReplacements: 1))
            value["keyUsages"] = JSONValue((certificate.keyUsage?.names ?? []).map(Self.title))
            value["extendedKeyUsages"] = JSONValue(certificate.extendedKeyUsage.map(\.rawValue))
        }
        if let revocation = order.revocation {
            value["revoked"] = .string(date.text(revocation.date))
            value["reasonCode"] = JSONValue(revocation.reason)
        }
        return value
    }

    /// Upper-case hex with colons.
    private var colons: String {
        let digits = Array(order.serialNumber.hex)
        return stride(from: 0, to: digits.count, by: 2).map { String(digits[$0...$0 + 1]) }.joined(separator: ":")
    }

    /// `digitalSignature` → `Digital Signature`
    private static func title(_ name: String) -> String {
        name.reduce(into: "") { text, letter in
            if letter.isUppercase { text.append(" ") }
            text.append(text.isEmpty ? Character(letter.uppercased()) : letter)
        }
    }
}
