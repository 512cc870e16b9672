// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension OrderLedger {
    /// Holds what people have asked for a later time, where it is not known whether they have taken it back since.
    ///
    /// - Parameter actor: who or what has found that, for the record.
    /// - Returns: how many are held now.
    @discardableResult
    public func holdDelayedActions(by actor: String, because cause: String) async throws -> Int {
        let now = now()
        return try await database.write { connection in
            let table = CertificateActionTable(connection: connection, now: now)
            let orders = OrderTable(connection: connection, now: now)
            let condition = "state = ? AND not_before IS NOT NULL AND actor <> ? AND held = 0"
            var count = 0
            for known in try table.all(
                "WHERE \(condition) ORDER BY id", [SQLValue(CertificateAction.State.asked), .text(Self.planner)])
            {
                // The order first, as everybody does who changes an action.
                let order = try orders.locked(known.orderID)
                guard let before = try table.locked("id = ?", [.integer(known.id)]).first, before.state == .asked else {
                    continue
                }
                let serial = try CertificateTable(connection: connection, now: now).serialNumber(
                    of: before.certificateID)
                let sentence =
                    "\(cause), and whether it was taken back since is not known: 'certway certificate revoke \(serial) --retry' has it "
                    + "done, 'certway certificate undo-revocation \(serial)' takes it back"
                var after = before
                (after.leaseOwner, after.leaseUntil, after.fence) = (nil, nil, before.fence + 1)
                (after.holdReason, after.detail, after.updatedAt) = (sentence, sentence, now)
                guard try table.save(before, as: after) else { continue }
                _ = try orders.note(after, "Held", "\(after.kind.noun) held: \(sentence)", order, by: actor)
                count += 1
            }
            return count
        }
    }
}
