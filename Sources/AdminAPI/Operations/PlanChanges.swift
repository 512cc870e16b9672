// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import JSONDocuments
import Ledger
import Planning

extension APIOperation {
    /// Decisions about what the gateway may not do by itself.
    static let planChanges = [
        APIOperation(
            "decidePlan", .post, "/plan/decisions", tag: "Plan",
            "Consent to a plan over a limit, or to a part of it, or say no; to the plan that was looked at and no other",
            permission: .approvePlan,
            body: .body(
                APIField("fingerprint", .text(length: 1...64), "of the plan that was looked at"),
                APIField("decision", .word(["approve", "deny"])),
                APIField("count", .count, "to approve: orders and ends of the part together", optional: true),
                APIField(
                    "kind", .word(PlanAdministration.Part.Kind.allCases.map(\.rawValue)), "only these", optional: true),
                APIField(
                    "templates", .list(.text(length: 1...400), count: 1...1000), "only of these templates",
                    optional: true),
                APIField("because", .text(length: 0...500), "to deny: why, for the record", optional: true)),
            answer: .json(
                .answer(
                    .isDryRun, APIField("decision", .word(["approve", "deny"])),
                    APIField("orders", .count), APIField("endings", .count),
                    APIField("sentence", .nullable(.string), "what the consent is to, or was"),
                    APIField("cost", .moneySum),
                    APIField("expiresAt", .nullable(.time), "the consent is good until then"))),
            repeats: .keyRequired
        ) { call in
            let administration = call.plans
            let fingerprint = call.body?["fingerprint"]?.string ?? ""
            let consent: OrderConsent?
            if call.body?["decision"]?.string == "approve" {
                guard let count = call.bodyInt("count") else {
                    throw APIProblem.invalid(
                        [APIFault("/count", "is missing: say how many orders and ends you consent to")], 422)
                }
                let templates = call.body?["templates"]?.array.map { Set($0.compactMap(\.string)) }
                let kind = call.body?["kind"]?.string.flatMap(PlanAdministration.Part.Kind.init)
                consent = try await administration.approve(
                    fingerprint: fingerprint, count: count, PlanAdministration.Part(templates: templates, kind: kind),
                    isDryRun: call.isDryRun)
            } else {
                consent = try await administration.deny(
                    fingerprint: fingerprint, because: call.body?["because"]?.string ?? "", isDryRun: call.isDryRun)
            }
            return .json([
                "dryRun": .bool(call.isDryRun), "decision": call.body?["decision"] ?? .null,
                "orders": JSONValue(consent?.orders ?? 0), "endings": JSONValue(consent?.planned?.endings ?? 0),
                "sentence": JSONValue(consent?.sentence), "cost": (consent?.cost ?? MoneySum()).json,
                "expiresAt": JSONValue(consent?.expiresAt.ISO8601Format()),
            ])
        }
    ]
}
