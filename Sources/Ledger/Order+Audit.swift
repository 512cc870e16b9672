// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Records

extension Order {
    /// A record of what somebody has done to the order.
    ///
    /// - Parameter after: the order as it is now.
    func audited(
        _ action: AuditAction, by actor: AuditActor, as after: Order, because cause: String
    ) -> AuditEntry {
        AuditEntry(
            action, AuditObject(.order, reference), by: actor, person: userPrincipalName, before: auditState,
            after: after.auditState, reason: cause)
    }

    /// A record of the decision to place the order.
    func audited(_ new: NewOrder) -> AuditEntry {
        AuditEntry(
            new.decision ?? (new.replaces == nil ? .placeOrder : .replaceOrder), AuditObject(.order, reference),
            by: new.actor, person: userPrincipalName,
            after: [
                "template": .string(template), "backendCA": .string(backendCA), "product": .string(product),
                "replaces": replaces.map { JSONValue(Int($0)) } ?? .null, "names": names,
            ], reason: new.reason)
    }

    /// What decisions of people change about an order.
    var auditState: JSONValue {
        [
            "stage": .string(stage.rawValue), "holdReason": JSONValue(holdReason),
            "cancelRequested": .bool(cancelRequested), "caRequestID": JSONValue(caRequestID),
            "waitsUntil": JSONValue(nextActionAt.map(AuditRecord.moment)), "failures": JSONValue(failures),
        ]
    }
}
