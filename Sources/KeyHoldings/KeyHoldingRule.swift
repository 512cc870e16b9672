// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store

/// Which keys of one template are to be on whose devices.
public struct KeyHoldingRule: Sendable, Hashable {
    public let template: String
    /// Whether they are keys of shared mailboxes, for those who may open them; else of people, for themselves.
    public let isForMailboxes: Bool
    /// How long keys stay after their certificates ended; nil for no longer than they are in use.
    public let keep: Duration?
    /// Who may have the keys of mailboxes.
    public let holders: KeyHolderRule

    public init(template: String, isForMailboxes: Bool, keep: Duration?, holders: KeyHolderRule = KeyHolderRule()) {
        self.template = template
        self.isForMailboxes = isForMailboxes
        self.keep = keep
        self.holders = holders
    }

    /// What must hold of a certificate `c` with its order `o`, so that its key is at somebody's hand.
    ///
    /// The key of one that was compromised is at nobody's hand, nor is one that a person has withdrawn.
    func stays(at now: Date) -> (condition: String, parameters: [SQLValue]) {
        let ends = [OrderStage.superseded, .revoked, .expired]
        var condition = """
            c.template = ? AND NOT EXISTS (SELECT 1 FROM certificate_actions x WHERE x.certificate_id = c.id \
            AND (x.kind = ? AND x.state <> ? OR x.kind = ? AND x.reason = ? AND x.state <> ?)) AND (o.stage = ?
            """
        var parameters: [SQLValue] = [
            .text(template), SQLValue(CertificateAction.Kind.withdraw), SQLValue(CertificateAction.State.failed),
            SQLValue(CertificateAction.Kind.revoke), .text("keyCompromise"), SQLValue(CertificateAction.State.failed),
            SQLValue(OrderStage.active),
        ]
        if let keep {
            condition += " OR o.stage IN (?, ?, ?) AND c.not_after > ?"
            parameters += ends.map { SQLValue($0) }
            parameters.append(SQLValue(now - Double(keep.components.seconds)))
        }
        condition += ")"
        return (condition, parameters)
    }

    /// Whose it is to be: the source of people `p` beside `c`, with their ids and names.
    var people: (join: String, condition: String, parameters: [SQLValue]) {
        guard isForMailboxes else {
            // Whoever has nothing of the template any more has left.
            let open = [
                OrderStage.planned, .keyed, .submitted, .pending, .issued, .delivered, .published, .active,
            ]
            return (
                "JOIN directory_users p ON p.id = c.subscriber_id",
                """
                p.is_deleted = 0 AND EXISTS (SELECT 1 FROM orders q WHERE q.subscriber_id = c.subscriber_id \
                AND q.template = c.template AND q.stage IN (\(open.map { _ in "?" }.joined(separator: ", "))) \
                AND NOT EXISTS (SELECT 1 FROM certificate_actions y WHERE y.order_id = q.id AND y.kind = ? \
                AND y.state <> ?))
                """,
                open.map { SQLValue($0) } + [
                    SQLValue(CertificateAction.Kind.withdraw), SQLValue(CertificateAction.State.failed),
                ]
            )
        }
        let receives = holders.receives
        return (
            """
            JOIN mailbox_people r ON r.mailbox_id = c.subscriber_id JOIN directory_users p ON p.id = r.person_id \
            JOIN shared_mailboxes s ON s.id = c.subscriber_id
            """, "\(receives.condition) AND s.present = 1 AND p.is_deleted = 0", receives.parameters
        )
    }

    /// Of a row `h` of `key_holdings` beside these: what is with somebody already stays there, although it would be given to nobody who
    /// is so; nil where that is all the same. What is yet to be sent, again or for the first time, is none of it.
    func stays(withHolderAt now: Date) -> (condition: String, parameters: [SQLValue])? {
        guard isForMailboxes else { return nil }
        let keeps = holders.keeps(at: now)
        return (
            "h.actual IN (?, ?) AND h.next_action_at IS NULL AND \(keeps.condition) AND s.present = 1 AND p.is_deleted = 0",
            [KeyHolding.Actual.present, .outdated].map { SQLValue($0.rawValue) } + keeps.parameters
        )
    }
}
