// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import JSONDocuments
import Ledger
import Planning
import Settings

extension APIOperation {
    private static let name = APISchema.text(length: 1...400)

    /// What people decide about single people, beside the plan.
    static let enrollmentChanges = [
        APIOperation(
            "enrollPeople", .post, "/enrollments", tag: "People",
            "Order certificates for people who are named one by one, by the rules of the plan; reads the directory first",
            permission: .placeOrder,
            body: .body(
                APIField("people", .list(name, count: 1...1000), "user principal names, addresses or object ids"),
                APIField("template", name), .because,
                APIField("product", name, optional: true),
                APIField("validityDays", .integer(1...3650), optional: true),
                APIField("outsideGroup", .boolean, "also people beside the template's group", optional: true),
                APIField("until", .formatted(.day), "looked after until then", optional: true),
                APIField(
                    "acceptOrders", .integer(1...10_000_000), "you mean so many orders, over the limit",
                    optional: true),
                APIField("acceptCost", name, "and that they cost so much, such as 990.00 EUR", optional: true)),
            answer: .json(.enrollment), repeats: .keyRequired
        ) { call in
            let administration = EnrollAdministration(call.gateway, caller: call.caller)
            var wish = EnrollAdministration.Wish(
                people: (call.body?["people"]?.array ?? []).compactMap(\.string),
                template: call.body?["template"]?.string ?? "", because: try call.sentence())
            wish.choice = OrderChoice(
                product: call.body?["product"]?.string, validityDays: call.bodyInt("validityDays"))
            wish.outside = call.bodyFlag("outsideGroup")
            wish.until = call.bodyMoment("until")
            let consent = try call.consent()
            let report = try await administration.propose(wish)
            guard !call.isDryRun, report.orders > 0 else { return .json(report.json) }
            return .json(try await administration.enroll(report, consent: consent).json)
        },
        APIOperation(
            "listExceptions", .get, "/enrollment-exceptions", tag: "People",
            "People who are left out of a template, or included in it, beside its group", permission: .readPeople,
            parameters: [
                .query("template", "only of this template"), .flag("over", "also those that are over"),
            ], answer: .list(of: .exception)
        ) { call in
            let found = try await call.exceptions.list(
                template: call.text("template"), over: call.flag("over") ?? false)
            return try call.whole(found.map(call.json))
        },
        APIOperation(
            "grantExceptions", .post, "/enrollment-exceptions", tag: "People",
            "Leave people out of a template, or include them in it; the next plan goes by it",
            permission: .grantException,
            body: .body(
                APIField("people", .list(name, count: 1...1000), "user principal names, addresses or object ids"),
                APIField("template", name),
                APIField("kind", .word(EnrollmentException.Kind.allCases.map(\.rawValue))), .because,
                APIField("until", .moment, "over from then on; no end when left out", optional: true)),
            answer: .json(.answer(.isDryRun, APIField("exceptions", .list(.exception)))), repeats: .keyRequired
        ) { call in
            let made = try await call.exceptions.add(
                (call.body?["people"]?.array ?? []).compactMap(\.string),
                template: call.body?["template"]?.string ?? "",
                call.body?["kind"]?.string.flatMap(EnrollmentException.Kind.init) ?? .leaveOut,
                until: call.bodyMoment("until"), because: try call.sentence(), isDryRun: call.isDryRun)
            return .json(["dryRun": .bool(call.isDryRun), "exceptions": .array(made.map(call.json))])
        },
        APIOperation(
            "endException", .delete, "/enrollment-exceptions/{id}", tag: "People",
            "End an exception: the next plan goes by the group again", permission: .grantException,
            parameters: [
                .path("id", "object id or user principal name of the person"),
                .query("template", "of this template; needed where the person has several"),
            ], answer: .json(.exception)
        ) { call in
            let ended = try await call.exceptions.end(
                call.path("id"), template: try await call.exceptionTemplate, isDryRun: call.isDryRun)
            return .json(call.json(ended))
        },
    ]
}

extension APICall {
    fileprivate var exceptions: ExceptionAdministration { ExceptionAdministration(gateway, caller: caller) }

    @Sendable func json(_ exception: EnrollmentException) -> JSONValue {
        var value = exception.json(at: now)
        value["actions"] = ConfiguredActions(gateway, caller).of(exception).json
        return value
    }

    /// The template whose exception is meant: the named one, or the only one.
    fileprivate var exceptionTemplate: String {
        get async throws {
            if let name = text("template") { return name }
            let word = path("id").lowercased()
            let names = try await exceptions.list(template: nil, over: true).filter {
                $0.subscriberID == word || $0.userPrincipalName.lowercased() == word
            }.map(\.template)
            guard let name = names.first, names.count == 1 else {
                guard names.isEmpty else {
                    throw APIProblem.invalid([
                        APIFault("template", "is missing, and there are exceptions of \(names.joined(separator: ", "))")
                    ])
                }
                throw APIProblem.notFound("there is no exception for \(path("id").prefix(100))")
            }
            return name
        }
    }

    /// The consent to a number of orders by hand; nil for none.
    fileprivate func consent() throws -> OrderConsent? {
        let text = body?["acceptCost"]?.string
        let cost = text.flatMap { Money($0) }
        guard text == nil || cost != nil else {
            throw APIProblem.invalid([APIFault("/acceptCost", "expected money such as 990.00 EUR")], 422)
        }
        guard let orders = bodyInt("acceptOrders") else {
            guard text == nil else {
                throw APIProblem.invalid([APIFault("/acceptCost", "goes with acceptOrders")], 422)
            }
            return nil
        }
        return OrderConsent(actor: caller.name, grantedAt: now, orders: orders, cost: MoneySum(cost))
    }
}

extension APISchema {
    private static let exceptionFields = [
        APIField("template", .string), APIField("id", .string, "object id of the person"),
        APIField("userPrincipalName", .string),
        APIField("kind", .word(EnrollmentException.Kind.allCases.map(\.rawValue))),
        APIField("until", .nullable(.time)), APIField("because", .string), APIField("by", .string),
        APIField("createdAt", .time), APIField("inForce", .boolean),
        APIField(
            "terms",
            .nullable(
                .answer(
                    APIField("product", .nullable(.string)), APIField("validityDays", .nullable(.count)),
                    APIField("purpose", .nullable(.string)), APIField("backendCA", .nullable(.string)))),
            "what is ordered otherwise than the template says; null for nothing"),
    ]

    static let exception = APISchema.named("Exception", .object(exceptionFields + [.actions], isClosed: false))
    /// One as it stands within an answer about a person.
    static let exceptionTerms = APISchema.named("ExceptionTerms", .object(exceptionFields, isClosed: false))

    private static let proposal = APISchema.named(
        "Proposal",
        .answer(
            APIField("person", .string, "as the caller named it"), APIField("id", .nullable(.string)),
            APIField("userPrincipalName", .string), APIField("outsideGroup", .boolean), APIField("names", .names),
            APIField("price", .nullable(.money)), APIField("refusal", .nullable(.string)),
            APIField("warning", .nullable(.string)),
            APIField("order", .nullable(.string), "reference of the new order")))

    fileprivate static let enrollment = APISchema.named(
        "Enrollment",
        .answer(
            APIField("people", .list(proposal), "what is proposed for each, or was ordered, or why not"),
            APIField("orders", .count), APIField("refused", .count), APIField("cost", .moneySum), .isDryRun,
            APIField("needed", .nullable(.string), "what has to be said for so many"),
            APIField("problems", .list(.string))))
}
