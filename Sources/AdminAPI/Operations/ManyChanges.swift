// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import Ledger
import YAMLDocuments

extension APIOperation {
    /// What people ask to have done to many certificates: to exactly as many as they have seen.
    static let manyChanges = [
        APIOperation(
            "revokeCertificates", .post, "/revocations", tag: "Certificates",
            "Revoke many certificates; refused when they are not as many as expected", permission: .revoke,
            body: .body(.select, .expect, .revocationReason, .because, .byHand), answer: .json(.outcomes),
            repeats: .keyRequired
        ) { call in
            let many = ManyCertificates(call.gateway, call.caller)
            let cause = try call.sentence()
            let found = try await many.find(try call.selection(), expected: call.bodyInt("expect") ?? 0)
            return .json(
                try await many.revoke(
                    found, reason: call.revocationReason, cause: cause, delay: .seconds(10),
                    isByHand: call.bodyFlag("byHand"), isDryRun: call.isDryRun
                ).json)
        },
        APIOperation(
            "replaceCertificates", .post, "/replacements", tag: "Certificates",
            "Order another certificate in the place of each of many; refused when they are not as many as expected",
            permission: .replace, body: .body(.select, .expect, .because), answer: .json(.outcomes),
            repeats: .keyRequired
        ) { call in
            let many = ManyCertificates(call.gateway, call.caller)
            let cause = try call.sentence()
            let found = try await many.find(try call.selection(), expected: call.bodyInt("expect") ?? 0)
            return .json(try await many.replace(found, cause: cause, isDryRun: call.isDryRun).json)
        },
    ]
}

extension APICall {
    /// Certificates by their numbers, or as a list has them.
    fileprivate func selection() throws -> ManyCertificates.Selection {
        let select = body?["select"]
        if let numbers = select?["numbers"]?.array { return .numbers(numbers.compactMap(\.int).map(Int64.init)) }
        func text(_ name: String) -> String? { select?["filter"]?[name]?.string }
        func day(_ name: String) -> Date? { text(name).flatMap { APITextForm.day.date($0) } }
        let statuses = select?["filter"]?["status"]?.array?.compactMap { $0.string.flatMap(CertificateStatus.init) }
        var filter = CertificateFilter(
            statuses: statuses.map { Set($0) }, template: text("template"), backendCA: text("backendCA"),
            subscriberID: text("subscriberID"), text: text("text"), expiringBefore: day("expiresBefore"))
        if let word = text("expires") {
            guard word.hasSuffix("d"), let days = Int(word.dropLast()), (0...9999).contains(days) else {
                throw APIProblem.invalid(
                    [APIFault("/select/filter/expires", "found \"\(word)\", expected days such as 30d")], 422)
            }
            filter.expiringAfter = now
            filter.expiringBefore = now + Double(days) * 86_400
        }
        filter.product = text("product")
        filter.issuedAfter = day("issuedAfter")
        filter.issuedBefore = day("issuedBefore")
        if select?["filter"]?["willNotRenew"]?.bool == true { filter.requireNoRenewal(gateway.configuration, at: now) }
        if select?["filter"]?["onNoDevice"]?.bool == true { filter.requireOnNoDevice(gateway.configuration, at: now) }
        return .list(filter)
    }
}

extension Gateway {
    /// The connector profile of a backend CA.
    func profile(of name: String) -> ConnectorProfile? {
        configuration.backendCA(name).flatMap { profiles.catalogue.outline(named: $0.connector) }
    }
}

extension APIField {
    private static func filter(_ name: String, _ schema: APISchema = .text(length: 1...400)) -> APIField {
        APIField(name, schema, optional: true)
    }

    fileprivate static let select = APIField(
        "select",
        .oneOf([
            .body(APIField("numbers", .list(.count, count: 1...1000), "of the ledger")),
            .body(
                APIField(
                    "filter",
                    .body(
                        filter("status", .list(.word(CertificateStatus.allCases.map(\.rawValue)), count: 1...10)),
                        filter("template"), filter("backendCA"), filter("product"), filter("subscriberID"),
                        filter("text"), filter("expires", .text(length: 2...8)),
                        filter("expiresBefore", .formatted(.day)), filter("issuedAfter", .formatted(.day)),
                        filter("issuedBefore", .formatted(.day)), filter("willNotRenew", .boolean),
                        filter("onNoDevice", .boolean)),
                    "as in the list of certificates: all that match")),
        ]))
    fileprivate static let expect = APIField(
        "expect", .integer(1...100_000), "as many as you have seen; with others nothing is done")
}

extension APISchema {
    /// What came of each of many.
    static let outcomes = APISchema.named(
        "Outcomes",
        .answer(
            .isDryRun, APIField("count", .count), APIField("people", .count), APIField("refused", .count),
            APIField("cost", .moneySum), APIField("fingerprint", .string, "changes with what would be done"), .follows,
            APIField(
                "items",
                .list(
                    .answer(
                        APIField("number", .count), APIField("serialNumber", .string),
                        APIField("userPrincipalName", .string),
                        APIField("outcome", .word(["done", "possible", "refused"])),
                        APIField("reason", .nullable(.string)), APIField("instead", .nullable(.string)),
                        APIField("order", .nullable(.string), "reference of the new order"))))))
}
