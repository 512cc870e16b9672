// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Orders as CertCentral shows them (wire/digicert-certcentral.md sections 4, 7 and 11).
struct OrderJSON {
    let order: DigiCertOrder
    let state: DigiCertState
    let now: Date

    private var active: DigiCertCertificate? { order.activeCertificateID.flatMap { state.certificates[$0] } }

    /// `GET /order/certificate/{id}`
    var details: JSONValue {
        var value = common
        value["certificate"] = details(of: active)
        value["is_renewed"] = .bool(order.renewedBy != nil)
        if let renewedBy = order.renewedBy { value["renewed_order_id"] = JSONValue(renewedBy) }
        value["requests"] = .array(order.requestIDs.compactMap { state.requests[$0]?.json })
        value["custom_fields"] = .array(
            order.request.customFields.sorted { $0.key < $1.key }.map {
                ["metadata_id": JSONValue($0.key), "value": .string($0.value)]
            })
        return value
    }

    /// One row of `GET /order/certificate`.
    var row: JSONValue {
        var value = common
        var certificate: JSONValue = [
            "common_name": .string(commonName), "dns_names": [], "signature_hash": .string(order.request.signatureHash),
        ]
        if let active {
            certificate["id"] = JSONValue(id: active.id)
            certificate["serial_number"] = .string(
                state.switches.disobeys(.inventoryWrongSerial) ? SerialNumber.random().hex : active.serialNumber)
            certificate["valid_till"] = .string(Timestamp.day(active.certificate.notAfter))
            certificate["days_remaining"] = JSONValue(daysRemaining(active.certificate))
        }
        value["certificate"] = certificate
        value["has_duplicates"] = .bool(order.certificateIDs.contains { state.certificates[$0]?.origin == .duplicate })
        value["product_name_id"] = .string(order.request.product.nameID)
        return value
    }

    private var common: JSONValue {
        var value: JSONValue = [
            "id": JSONValue(id: order.id), "status": .string(status.rawValue),
            "is_renewal": .bool(order.request.renewalOf != nil),
            "date_created": .string(Timestamp.offset(order.created)),
            "container": DigiCertOrganization.container,
            "product": [
                "name_id": .string(order.request.product.nameID), "name": .string(order.request.product.name),
                "type": "client_certificate", "validation_type": "smime_ov",
            ],
        ]
        if order.request.organizationID != nil { value["organization"] = DigiCertOrganization.reference }
        return value
    }

    /// Issued orders whose certificates have ended show as expired.
    var status: DigiCertOrder.Status {
        guard order.status == .issued, let active, active.certificate.notAfter < now else { return order.status }
        return .expired
    }

    var commonName: String {
        active?.certificate.subject.commonName ?? order.request.commonName ?? order.request.emails.first ?? ""
    }

    func daysRemaining(_ certificate: Certificate) -> Int {
        max(0, Int(certificate.notAfter.timeIntervalSince(now) / 86_400))
    }

    private func details(of active: DigiCertCertificate?) -> JSONValue {
        var value: JSONValue = [
            "common_name": .string(commonName), "emails": JSONValue(order.request.emails),
            "date_created": .string(Timestamp.offset(order.created)),
            "signature_hash": .string(order.request.signatureHash),
            "ca_cert": ["id": "CA01", "name": "DigiCert Test Issuing CA"],
        ]
        if let csr = order.request.csr {
            value["csr"] = .string(csr.pem)
            value["key_size"] = JSONValue((try? csr.publicKey.bits) ?? 0)
        }
        if let active {
            for (name, member) in Self.details(active, daysRemaining: daysRemaining(active.certificate)) {
                value[name] = member
            }
        }
        return value
    }

    /// What there is to say only of an issued certificate.
    static func details(_ issued: DigiCertCertificate, daysRemaining: Int) -> [String: JSONValue] {
        [
            "id": JSONValue(id: issued.id), "thumbprint": .string(issued.thumbprint),
            "serial_number": .string(issued.serialNumber), "date_issued": .string(Timestamp.offset(issued.issued)),
            "valid_from": .string(Timestamp.day(issued.certificate.notBefore)),
            "valid_till": .string(Timestamp.day(issued.certificate.notAfter)),
            "days_remaining": JSONValue(daysRemaining),
        ]
    }

    /// `certificate_chain` of an order that was issued at once: CRLF inside the PEM.
    static func chain(_ certificates: [Certificate]) -> JSONValue {
        .array(
            certificates.map {
                ["subject_common_name": JSONValue($0.subject.commonName), "pem": .string(crlf($0.pem))]
            })
    }

    static func crlf(_ pem: String) -> String { pem.split(separator: "\n").map { $0 + "\r\n" }.joined() }
}
