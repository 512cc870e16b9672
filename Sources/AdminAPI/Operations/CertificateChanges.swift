// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Ledger

extension APIOperation {
    private static let number = APIParameter.number("number", "of the ledger")
    private static let wishNumber = APIParameter.number("id", "of the wish")

    /// What people ask to have done to one certificate.
    static let certificateChanges = [
        APIOperation(
            "revokeCertificate", .post, "/certificates/{number}/revocations", tag: "Certificates",
            "Revoke a certificate: on record at once, and not at the CA before the time has passed in which it can be taken "
                + "back", permission: .revoke, parameters: [number],
            body: .body(
                .revocationReason, .because,
                APIField(
                    "delaySeconds", .integer(0...86_400), "so long it can be taken back; 10 when left out",
                    optional: true), .byHand),
            answer: .json(.answer(.isDryRun, APIField("revocation", .nullable(.wish)), .follows)), repeats: .keyRequired
        ) { call in
            let record = try await call.certificate
            let outcomes = ManyCertificates(call.gateway, call.caller)
            let cause = try call.sentence()
            if call.isDryRun {
                let result = try await outcomes.revoke(
                    [record], reason: call.revocationReason, cause: cause, delay: nil,
                    isByHand: call.bodyFlag("byHand"),
                    isDryRun: true)
                if let obstacle = result.items.first?.obstacle { throw obstacle }
                return .json(["dryRun": true, "revocation": .null, "follows": JSONValue(result.follows)])
            }
            let actions = call.certificateActions
            try actions.require(call.revocationReason, for: [record]) { call.gateway.profile(of: $0) }
            let follows = try await outcomes.outlook(onRevoking: [record], call.revocationReason)
            let made = try await actions.revoke(
                [record], reason: call.revocationReason, cause: cause,
                delay: .seconds(call.bodyInt("delaySeconds") ?? 10), at: call.bodyFlag("byHand") ? nil : call.gateway)
            return .json([
                "dryRun": false, "revocation": made.first?.json ?? .null, "follows": .string(follows),
            ])
        },
        APIOperation(
            "withdrawCertificate", .post, "/certificates/{number}/withdrawals", tag: "Certificates",
            "Take a certificate out of Intune, so that devices lose it; the CA is not told", permission: .revoke,
            parameters: [number], body: .body(.because),
            answer: .json(.answer(.isDryRun, APIField("withdrawal", .nullable(.wish)))), repeats: .keyRequired
        ) { call in
            let made = try await call.certificateActions.withdraw(
                one: try await call.certificate, cause: try call.sentence(), isDryRun: call.isDryRun)
            return .json(["dryRun": .bool(call.isDryRun), "withdrawal": made?.json ?? .null])
        },
        APIOperation(
            "replaceCertificate", .post, "/certificates/{number}/replacements", tag: "Certificates",
            "Order another certificate in the place of one that is in use", permission: .replace, parameters: [number],
            body: .body(.because),
            answer: .json(
                .answer(
                    .isDryRun, APIField("order", .nullable(.string), "reference of the new order"),
                    APIField("cost", .moneySum))),
            repeats: .keyRequired
        ) { call in
            let record = try await call.certificate
            let cause = try call.sentence()
            let outcomes = try await ManyCertificates(call.gateway, call.caller).replace(
                [record], cause: cause, isDryRun: call.isDryRun)
            if let obstacle = outcomes.items.first?.obstacle { throw obstacle }
            return .json([
                "dryRun": .bool(call.isDryRun), "order": JSONValue(outcomes.items.first?.order?.reference),
                "cost": outcomes.cost.json,
            ])
        },
        APIOperation(
            "deliverCertificate", .post, "/certificates/{number}/deliveries", tag: "Certificates",
            "Deliver a certificate that has not reached Intune, at once", permission: .redeliver, parameters: [number],
            answer: .json(.order)
        ) { call in
            try await call.answer(
                try await call.orders.deliverAgain(try await call.certificate, isDryRun: call.isDryRun))
        },
        wishChange(
            "undoRevocation", "/revocations/{id}/undo", "Take a revocation back that has not left", .revoke, .undo),
        wishChange("retryRevocation", "/revocations/{id}/retries", "Ask the CA again to revoke", .revoke, .retry),
        wishChange(
            "undoWithdrawal", "/withdrawals/{id}/undo", "Take a withdrawal back that has not left", .withdraw, .undo),
        wishChange("retryWithdrawal", "/withdrawals/{id}/retries", "Ask Intune again to delete", .withdraw, .retry),
    ]

    private static func wishChange(
        _ id: String, _ path: String, _ summary: String, _ kind: CertificateAction.Kind,
        _ change: CertificateActions.Change
    ) -> APIOperation {
        APIOperation(
            id, .post, path, tag: "Certificates", summary, permission: .revoke, parameters: [wishNumber],
            answer: .json(.wish)
        ) { call in
            let action = try await call.certificateActions.change(
                call.pathNumber("id"), kind, change, isDryRun: call.isDryRun)
            return .json(action.json)
        }
    }
}

extension APICall {
    var certificateActions: CertificateActions {
        CertificateActions(gateway.ledger, gateway.mirror, caller: caller)
    }

    /// Certificates with what can be done with each.
    func json(of records: [CertificateRecord]) async throws -> [JSONValue] {
        let actions = try await CertificateRights(gateway, caller).of(records)
        return records.map { record in
            var value = record.json
            value["actions"] = (actions[record.id] ?? []).json
            return value
        }
    }
}

extension APIField {
    static let follows = APIField(
        "follows", .nullable(.string),
        "what a revocation means for the people: whether others follow, what devices keep, whether old mail stays readable"
    )
    static let byHand = APIField(
        "byHand", .boolean, "a person revokes it where its CA cannot be asked to; it is watched until the CA shows it",
        optional: true)
}

extension APISchema {
    /// A revocation or withdrawal that was asked for.
    static let wish = APISchema.named(
        "Wish",
        .answer(
            APIField("id", .count), APIField("kind", .word(CertificateAction.Kind.allCases.map(\.rawValue))),
            APIField("state", .string), APIField("by", .string), APIField("cause", .string),
            APIField("reason", .nullable(.string)), APIField("askedAt", .time),
            APIField("notBefore", .nullable(.time), "until then it can be taken back"),
            APIField("takenAt", .nullable(.time), "when CA or Intune had taken it"),
            APIField("seenAt", .nullable(.time), "when the CA's list or responder showed it"),
            APIField("detail", .nullable(.string))))

}
