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
    /// The templates whose people keep their earlier keys: who goes from one to another is the same person with the same mail.
    private let kin: [String]

    /// - Parameter kin: names of templates; left out, this one alone.
    public init(
        template: String, isForMailboxes: Bool, keep: Duration?, holders: KeyHolderRule = KeyHolderRule(),
        kin: [String] = []
    ) {
        self.template = template
        self.isForMailboxes = isForMailboxes
        self.keep = keep
        self.holders = holders
        let others = isForMailboxes ? [] : Set(kin).subtracting([template]).sorted()
        self.kin = Array(([template] + others).prefix(SQLValueList.longest))
    }

    /// What must hold of a certificate `c` with its order `o`, so that its key is at somebody's hand.
    ///
    /// It follows the certificate: what the planner has taken from the devices of somebody who left is wanted again as soon as there is
    /// something of the template for the same again.
    func stays(at now: Date) -> (condition: String, parameters: [SQLValue]) {
        let (lasts, has) = (lasts(at: now), ownerHasSome)
        return (
            """
            \(lasts.condition) AND (\(has.condition) OR NOT EXISTS (SELECT 1 FROM certificate_actions x \
            WHERE x.certificate_id = c.id AND x.kind = ? AND x.state IN (\(CertificateAction.State.standing.places)) \
            AND (x.not_before IS NULL OR x.not_before <= ?)))
            """,
            lasts.parameters + has.parameters + [SQLValue(CertificateAction.Kind.withdraw)]
                + CertificateAction.State.standing.parameters + [SQLValue(now)]
        )
    }

    /// What must hold of a certificate `c` with its order `o`, so that its key may be at somebody's hand now or once the person is back.
    ///
    /// The key of one that was compromised is at nobody's hand from the time on for which that was said, nor is one that a person has
    /// withdrawn; what is not to leave before a time stays until then. What somebody has deleted in Intune may be an accident, and comes back once something has followed it. One that never came into use is at nobody's, and may be for the address of somebody else.
    func lasts(at now: Date) -> (condition: String, parameters: [SQLValue]) {
        let ends = [OrderStage.superseded, .revoked, .expired]
        var condition = """
            c.template = ? AND NOT EXISTS (SELECT 1 FROM certificate_actions x WHERE x.certificate_id = c.id \
            AND x.state IN (\(CertificateAction.State.standing.places)) AND x.kind = ? AND x.actor <> ? AND x.actor <> ? \
            AND (x.not_before IS NULL OR x.not_before <= ?)) \
            AND NOT EXISTS (SELECT 1 FROM compromised_keys k WHERE k.certificate_id = c.id AND k.since <= ?) AND (o.stage = ?
            """
        var parameters: [SQLValue] =
            [.text(template)] + CertificateAction.State.standing.parameters + [
                SQLValue(CertificateAction.Kind.withdraw), .text(OrderLedger.planner), .text(OrderLedger.intune),
                SQLValue(now), SQLValue(now), SQLValue(OrderStage.active),
            ]
        if let keep {
            let unused = Self.unused
            condition += " OR o.stage IN (?, ?, ?) AND c.not_after > ? AND NOT (\(unused.condition))"
            parameters += ends.map { SQLValue($0) }
            parameters += [SQLValue(now - Double(keep.components.seconds))] + unused.parameters
        }
        condition += ")"
        return (condition, parameters)
    }

    /// That the certificate of an order `o` was revoked before it came into use.
    static let unused: (condition: String, parameters: [SQLValue]) = (
        "o.stage = ? AND NOT EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = o.id AND e.stage = ?)",
        [SQLValue(OrderStage.revoked), SQLValue(OrderStage.active)]
    )

    /// That whoever a certificate `c` is for has an order or a certificate, of the template or one of its kin, that nobody has taken away.
    private var ownerHasSome: (condition: String, parameters: [SQLValue]) {
        let stages = SQLValueList(OrderStage.allCases.filter { $0.isOpen || $0 == .active }.map(\.rawValue))
        let (kin, standing) = (SQLValueList(kin), CertificateAction.State.standing)
        return (
            """
            EXISTS (SELECT 1 FROM orders q WHERE q.subscriber_id = c.subscriber_id AND q.template IN (\(kin.places)) \
            AND q.stage IN (\(stages.places)) AND NOT EXISTS (SELECT 1 FROM certificate_actions y \
            WHERE y.order_id = q.id AND y.kind = ? AND y.state IN (\(standing.places))))
            """,
            kin.parameters + stages.parameters + [SQLValue(CertificateAction.Kind.withdraw)] + standing.parameters
        )
    }

    /// That whoever a certificate `c` is for is to have keys of the template at all.
    ///
    /// Who has nothing in use is not gone for that: a certificate may have ended without a successor, or its record been deleted in
    /// Intune, and mail of before is to be read all the same. Keys go when the planner finds that somebody is to have nothing of the
    /// template any more, and has taken what was in use (words of `EnrollmentDecision.Verdict` and `CertificateConcern`).
    private var ownerIsEnrolled: (condition: String, parameters: [SQLValue]) {
        let (has, kin) = (ownerHasSome, SQLValueList(kin))
        return (
            """
            (\(has.condition) OR EXISTS (SELECT 1 FROM enrollment_decisions d WHERE d.template IN (\(kin.places)) \
            AND d.subscriber_id = c.subscriber_id AND d.verdict NOT IN (?, ?) \
            AND (d.concern IS NULL OR d.concern NOT IN (?, ?))))
            """,
            has.parameters + kin.parameters + ["left", "skipped", "departed", "disabled"].map { .text($0) }
        )
    }

    /// Whose it is to be: the source of people `p` beside `c`, with their ids and names.
    var people: (join: String, condition: String, parameters: [SQLValue]) {
        guard isForMailboxes else {
            let isEnrolled = ownerIsEnrolled
            return (
                "JOIN directory_users p ON p.id = c.subscriber_id", "p.is_deleted = 0 AND \(isEnrolled.condition)",
                isEnrolled.parameters
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
    /// is so. What is yet to be sent, again or for the first time, is none of it.
    func stays(withHolderAt now: Date) -> (condition: String, parameters: [SQLValue]) {
        let isThere = "h.actual IN (?, ?) AND h.next_action_at IS NULL"
        let parameters = [KeyHolding.Actual.present, .outdated].map { SQLValue($0.rawValue) }
        guard isForMailboxes else {
            // A deleted account comes back within the grace: when it ends, the planner says.
            let isEnrolled = ownerIsEnrolled
            return ("\(isThere) AND \(isEnrolled.condition)", parameters + isEnrolled.parameters)
        }
        let keeps = holders.keeps(at: now)
        return (
            "\(isThere) AND \(keeps.condition) AND s.present = 1 AND p.is_deleted = 0", parameters + keeps.parameters
        )
    }
}
