// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Records

extension OrderLedger {
    /// Puts on record that a person was refused something about an order. What the planner finds otherwise than it has planned is no
    /// decision, and is left out.
    ///
    /// - Parameters:
    ///   - error: why it was refused.
    ///   - cause: why it was wanted.
    public func noteRefusal(
        of action: AuditAction, _ orderID: Int64, by actor: AuditActor, _ error: String, because cause: String = ""
    ) async throws {
        guard actor.kind == .person, let order = try await order(orderID) else { return }
        var entry = order.audited(action, by: actor, as: order, because: Self.reason(error, cause))
        entry.outcome = .refused
        try await audit.record(entry)
    }

    /// The same about what is to be done to a certificate.
    func noteRefusal(of action: AuditAction, action id: Int64, by actor: AuditActor, _ error: String) async throws {
        guard actor.kind == .person else { return }
        let now = now()
        try await database.write { connection in
            guard
                let known = try CertificateActionTable(connection: connection, now: now)
                    .all("WHERE id = ?", [.integer(id)]).first
            else { return }
            let serial = try CertificateTable(connection: connection, now: now).serialNumber(of: known.certificateID)
            let person: String? = try connection.value(
                "SELECT user_principal_name FROM orders WHERE id = ?", [.integer(known.orderID)])
            try AuditTrail.record(
                AuditEntry(
                    action, AuditObject(.certificate, serial), by: actor, person: person, outcome: .refused,
                    reason: Self.reason(error, "")), on: connection)
        }
    }

    private static func reason(_ error: String, _ cause: String) -> String {
        cause.isEmpty ? error : "\(cause); refused: \(error)"
    }
}
