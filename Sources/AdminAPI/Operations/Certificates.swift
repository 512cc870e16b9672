// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Ledger
import PKIX
import Publication

extension APIOperation {
    /// Reading certificates.
    static let certificates = [
        APIOperation(
            "listCertificates", .get, "/certificates", tag: "Certificates", "Certificates, newest first",
            permission: .readCertificates,
            parameters: [
                .anyOf("status", "only these", .word(CertificateStatus.allCases.map(\.rawValue))),
                .query("template", "only this template"), .query("backendCA", "only this backend CA"),
                .query("product", "only those ordered as this CA product"),
                .query("subscriberID", "only those of this person, by object id"),
                .query("text", "part of a user principal name; or a whole serial number or fingerprint"),
                .query(
                    "expires", "only those that end within so long, such as 30d",
                    .matching(pattern: "^[0-9]{1,4}d$", "days such as 30d")),
                .query("expiresBefore", "only those that end before", .formatted(.day)),
                .query("issuedAfter", "only those valid from this day on", .formatted(.day)),
                .query("issuedBefore", "only those valid from before this day", .formatted(.day)),
                .flag("willNotRenew", "only those in use in whose place nothing comes by itself"),
                .flag("onNoDevice", "only those in use that no device has reported as installed"),
            ],
            answer: .list(
                of: .certificate,
                sorts: [
                    ("number", "number"), ("userPrincipalName", "user"), ("template", "template"),
                    ("backendCA", "ca"), ("serialNumber", "serial"), ("notAfter", "end"), ("status", "status"),
                ])
        ) { call in
            let administration = CertificateAdministration(call.gateway.ledger)
            let page = try await administration.list(try call.certificateFilter, try call.listRequest())
            return try call.page(page, try await call.json(of: page.items))
        },
        APIOperation(
            "getCertificate", .get, "/certificates/{number}", tag: "Certificates", "One certificate, with its chain",
            permission: .readCertificates, parameters: [.number("number", "of the ledger")],
            answer: .json(.certificateDetails)
        ) { call in
            let details = try await CertificateAdministration(call.gateway.ledger).details(
                of: try await call.certificate)
            var value = details.json
            // What was asked for and what can be asked for are two things.
            value["wishes"] = value["actions"]
            value["actions"] = try await CertificateRights(call.gateway, call.caller).of(details.record).json
            let published = try await call.gateway.publications.records(ofCertificate: details.record.id)
            value["publications"] = .array(published.map(\.json))
            value["delivery"] =
                try await DeliveryAdministration(call.gateway, call.caller).reading(of: details.record) ?? .null
            return .json(value)
        },
        APIOperation(
            "getCertificatePEM", .get, "/certificates/{number}/pem", tag: "Certificates",
            "The certificate and its chain as PEM, leaf first", permission: .readCertificates,
            parameters: [.number("number", "of the ledger")], answer: .bytes(type: "application/x-pem-file")
        ) { call in
            let chain = try await call.certificate.certificates
            return .bytes(Array(chain.map(\.pem).joined().utf8), type: "application/x-pem-file")
        },
    ]
}

extension APICall {
    /// The certificate whose number stands in the path.
    var certificate: CertificateRecord {
        get async throws {
            guard let record = try await gateway.ledger.certificate(pathNumber("number")) else {
                throw APIProblem.notFound("no certificate has the number \(path("number"))")
            }
            return record
        }
    }

    var certificateFilter: CertificateFilter {
        get throws {
            var filter = CertificateFilter(
                statuses: words("status", as: CertificateStatus.self), template: text("template"),
                backendCA: text("backendCA"), subscriberID: text("subscriberID"), text: text("text"),
                expiringBefore: moment("expiresBefore"))
            if let word = text("expires") {
                let days = Int(word.dropLast()) ?? 0
                filter.expiringAfter = now
                filter.expiringBefore = now + Double(days) * 86_400
            }
            filter.product = text("product")
            filter.issuedAfter = moment("issuedAfter")
            filter.issuedBefore = moment("issuedBefore")
            if flag("willNotRenew") == true { filter.requireNoRenewal(gateway.configuration, at: now) }
            if flag("onNoDevice") == true { filter.requireOnNoDevice(gateway.configuration, at: now) }
            return filter
        }
    }
}
