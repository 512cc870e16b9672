// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Foundation
import JSONDocuments
import Ledger
import Settings
import Store

/// The planner's memory: its verdict per person and template, and how far it has read the directory's changes.
///
/// It can be thrown away at any time; the next pass makes it anew from directory and ledger.
public struct DecisionStore: Sendable {
    let database: any SQLDatabase

    public init(database: any SQLDatabase) { self.database = database }

    /// How far the planner has read for `template`. When the template has changed since, its verdicts are forgotten, among
    /// them those on people of another group, and everybody is decided on from the start.
    ///
    /// - Parameter standings: the ledger's last change of standing: who decides on everybody knows all before it.
    func position(template: String, fingerprint: String, standings: Int64) async throws -> PlannerPosition {
        let known = try await database.read { connection in
            try connection.query(
                """
                SELECT change_number, user_id, standing_number FROM enrollment_cursors
                WHERE template = ? AND fingerprint = ?
                """, [.text(template), .text(fingerprint)]
            ) { row in
                PlannerPosition(
                    member: MemberPosition(changeNumber: try row[0], userID: try row[1]), standing: try row[2])
            }.first
        }
        if let known { return known }
        let start = PlannerPosition(member: .start, standing: standings)
        try await database.write { connection in
            try connection.execute("DELETE FROM enrollment_decisions WHERE template = ?", [.text(template)])
            try Self.put(start, template: template, fingerprint: fingerprint, on: connection)
        }
        return start
    }

    /// Characters of a reason.
    static let reasonLength = 250
    private static let columns = [
        "template", "subscriber_id", "user_principal_name", "verdict", "reason", "names", "due_at", "newest_order",
        "concern", "action", "acts_on", "incident",
    ]

    /// Keeps the verdicts on some people by one template. One that is as it was costs no writing.
    static func put(_ decisions: [EnrollmentDecision], on connection: any SQLConnection) throws {
        guard let template = decisions.first?.template else { return }
        var known: [String: [SQLValue]] = [:]
        for list in SQLValueList.lists(decisions.map(\.subscriberID)) {
            try connection.forEachRow(
                """
                SELECT \(columns.joined(separator: ", ")) FROM enrollment_decisions
                WHERE template = ? AND subscriber_id IN (\(list.places))
                """, [.text(template)] + list.parameters
            ) { known[try $0[1] as String] = $0.values }
        }
        var new: [[SQLValue]] = []
        for decision in decisions {
            let row = row(decision, connection.dialect)
            switch known.updateValue(row, forKey: decision.subscriberID) {
            case nil: new.append(row)
            case row?: break
            default:
                try connection.execute(
                    connection.dialect.upsert("enrollment_decisions", Array(columns[..<2]), Array(columns[2...])), row)
            }
        }
        try connection.insert(into: "enrollment_decisions", columns, rows: new)
    }

    private static func row(_ decision: EnrollmentDecision, _ dialect: SQLDialect) -> [SQLValue] {
        [
            .text(decision.template), .text(decision.subscriberID),
            .text(dialect.cut(decision.userPrincipalName, to: 320)), .text(decision.verdict.rawValue),
            .text(Self.shortened(decision.reason, dialect)), .text(decision.names.json.text),
            SQLValue(decision.dueAt), .integer(decision.newestOrder), SQLValue(decision.concern?.rawValue),
            SQLValue(decision.action?.rawValue), SQLValue(decision.actsOn), SQLValue(decision.incident),
        ]
    }

    /// What does not fit into the column says that it goes on.
    private static func shortened(_ reason: String, _ dialect: SQLDialect) -> String {
        guard dialect.cut(reason, to: reasonLength) != reason else { return reason }
        return dialect.cut(reason, to: reasonLength - 1) + "…"
    }

    /// Who decides by other profiles or another configuration has forgotten these verdicts meanwhile, and begun anew.
    ///
    /// - Throws: `LedgerError.notInCharge` where somebody else's position has taken the place of ours.
    static func requireFingerprint(_ fingerprint: String, of template: String, on connection: any SQLConnection) throws
    {
        let known = try connection.value(
            "SELECT fingerprint FROM enrollment_cursors WHERE template = ?", [.text(template)], as: String.self)
        guard known == fingerprint else { throw LedgerError.notInCharge }
    }

    static func put(
        _ position: PlannerPosition, template: String, fingerprint: String, on connection: any SQLConnection
    ) throws {
        try connection.put(
            into: "enrollment_cursors", key: ["template": .text(template)],
            values: [
                "fingerprint": .text(fingerprint), "change_number": .integer(position.member.changeNumber),
                "user_id": .text(position.member.userID), "standing_number": .integer(position.standing),
            ])
    }

    /// People whose verdict had an end that has come, in the order of their ids; one index range.
    func due(template: String, at date: Date, after subscriberID: String, limit: Int) async throws -> [String] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT subscriber_id FROM enrollment_decisions WHERE template = ? AND due_at <= ? AND subscriber_id > ?
                ORDER BY subscriber_id \(connection.dialect.page(limit, 0))
                """, [.text(template), SQLValue(date), .text(subscriberID)]
            ) { try $0[0] }
        }
    }

    /// People with a certificate in use that would not be ordered like that today, in the order of their ids: that somebody else has an
    /// address of it by now shows in nothing of theirs. One index range.
    func concerned(template: String, after subscriberID: String, limit: Int) async throws -> [String] {
        let concerns = SQLValueList(CertificateConcern.allCases.map(\.rawValue))
        return try await database.read { connection in
            try connection.query(
                """
                SELECT subscriber_id FROM enrollment_decisions WHERE template = ? AND concern IN (\(concerns.places)) \
                AND subscriber_id > ? AND acts_on IS NOT NULL AND action IS NULL ORDER BY subscriber_id \
                \(connection.dialect.page(limit, 0))
                """, [.text(template)] + concerns.parameters + [.text(subscriberID)]
            ) { try $0[0] }
        }
    }

    /// Marks people as covered once their orders are in the ledger. What there is to say about the certificate in use stays, until another
    /// one has taken its place.
    func markCovered(template: String, subscribers: [String]) async throws {
        try await database.write { connection in
            for list in SQLValueList.lists(subscribers) {
                try connection.execute(
                    """
                    UPDATE enrollment_decisions SET verdict = ?, reason = '', due_at = NULL, action = NULL, incident = NULL
                    WHERE template = ? AND subscriber_id IN (\(list.places))
                    """, [.text(EnrollmentDecision.Verdict.covered.rawValue), .text(template)] + list.parameters)
            }
        }
    }

    /// Notes that what was planned for these people is in the ledger.
    ///
    /// - Parameter date: when to look again whether it came to its end: what is refused for good is asked for anew.
    func markDone(template: String, subscribers: [String], lookingAgainAt date: Date) async throws {
        try await database.write { connection in
            for list in SQLValueList.lists(subscribers) {
                try connection.execute(
                    """
                    UPDATE enrollment_decisions SET action = NULL, incident = NULL, due_at = ?
                    WHERE template = ? AND subscriber_id IN (\(list.places))
                    """, [SQLValue(date), .text(template)] + list.parameters)
            }
        }
    }

    /// People by verdict and, for the skipped and refused ones, by reason; nobody was looked at.
    ///
    /// - Parameter now: by which certificates are over or end soon; reads those few by their end.
    func summary(of template: TemplateConfiguration, at now: Date) async throws -> PlanSummary {
        try await database.read { connection in
            var summary = PlanSummary(
                template: template.name, counts: [:], evaluated: 0, skippedByReason: [:],
                warnings: template.enabled
                    ? template.warnings
                    : [
                        "template \(template.name) is switched off: it orders nothing, and goes on looking after the certificates it has"
                    ])
            summary.isOff = !template.enabled
            // The keys of shared mailboxes are changed because people leave, however many they are.
            summary.isSwitching = template.caSwitch?.pace == .now || template.mailboxes != nil
            (summary.price, summary.limits) = (template.price, template.limits)
            if template.needsMailboxes { summary.unreadMailboxes = try DirectoryMirror.unread(on: connection) }
            try connection.forEachRow(
                "SELECT verdict, reason, COUNT(*) FROM enrollment_decisions WHERE template = ? GROUP BY verdict, reason",
                [.text(template.name)]
            ) { row in
                guard let verdict = EnrollmentDecision.Verdict(rawValue: try row[0]) else { return }
                let (reason, count): (String, Int) = (try row[1], try row[2])
                summary.counts[verdict, default: 0] += count
                switch verdict {
                case .skipped: summary.skippedByReason[reason, default: 0] += count
                case .ended where reason.hasPrefix(EndedOrderRule.revokedByCA): summary.revokedByCA += count
                case .covered where PurchasePace.isRefusal(reason), .waiting where PurchasePace.isRefusal(reason):
                    summary.paced += count
                    summary.pacing = max(summary.pacing, reason)
                case .covered where EndedOrderRule.isRefusal(reason):
                    summary.refusedBeside += count
                    summary.refusalBeside = max(summary.refusalBeside, reason)
                case .waiting, .ended:
                    guard EndedOrderRule.isRefusal(reason) else { break }
                    summary.refused += count
                    summary.refusal = max(summary.refusal, reason)
                case .order where reason.hasPrefix(TemplateRules.warning):
                    summary.warnings.append(
                        "template \(template.name), \(Plural(count, "person", "people")) to order for: "
                            + reason.dropFirst(TemplateRules.warning.count))
                case .order, .covered, .left: break
                }
            }
            try connection.forEachRow(
                """
                SELECT action, verdict, COUNT(*), CASE WHEN incident IS NULL THEN 0 ELSE 1 END AS is_incident \
                FROM enrollment_decisions WHERE template = ? AND action IS NOT NULL \
                GROUP BY action, verdict, CASE WHEN incident IS NULL THEN 0 ELSE 1 END
                """, [.text(template.name)]
            ) { row in
                guard let action = PlannedAction(rawValue: try row[0]) else { return }
                let count: Int = try row[2]
                guard try row[3] as Int == 0 else {
                    summary.incidentActions[action, default: 0] += count
                    return
                }
                summary.actions[action, default: 0] += count
                if PlannedAction.endings.contains(action), try row[1] == EnrollmentDecision.Verdict.covered.rawValue {
                    summary.endingsOfMembers += count
                }
            }
            try Self.countEnds(&summary, at: now, on: connection)
            try Self.countDeletions(&summary, at: now, on: connection)
            return summary
        }
    }

    /// Counts the people who are to have a certificate and from whose devices somebody has deleted it.
    private static func countDeletions(
        _ summary: inout PlanSummary, at now: Date, on connection: some SQLConnection
    ) throws {
        let open = SQLValueList(OrderStage.allCases.filter(\.isOpen).map(\.rawValue))
        summary.deletedInIntune =
            try connection.value(
                """
                SELECT COUNT(*) FROM certificate_actions x JOIN certificates c ON c.id = x.certificate_id \
                JOIN orders o ON o.id = c.order_id \
                JOIN enrollment_decisions d ON d.template = o.template AND d.subscriber_id = o.subscriber_id \
                WHERE x.kind = 'withdraw' AND x.state = 'done' AND x.actor = ? AND c.status = 'active' AND c.not_after > ? \
                AND o.stage = 'active' AND o.template = ? AND d.verdict = 'covered' AND d.action IS NULL \
                AND NOT EXISTS (SELECT 1 FROM orders w WHERE w.template = o.template \
                AND w.subscriber_id = o.subscriber_id AND w.stage IN (\(open.places)))
                """,
                [.text(OrderLedger.intune), SQLValue(now), .text(summary.template)] + open.parameters) ?? 0
    }

    /// Counts the people for whom nothing follows on a certificate that is over or ends soon. Who is renewed or ended in time is none of
    /// them, nor whose account is disabled: that is no matter of the certificate.
    private static func countEnds(
        _ summary: inout PlanSummary, at now: Date, on connection: some SQLConnection
    ) throws {
        let open = SQLValueList(OrderStage.allCases.filter(\.isOpen).map(\.rawValue))
        let soon = now.addingTimeInterval(TimeInterval(PlanSummary.soon))
        try connection.forEachRow(
            """
            SELECT CASE WHEN c.not_after <= ? THEN 1 ELSE 0 END AS is_over, d.reason AS reason FROM certificates c \
            JOIN orders o ON o.certificate_id = c.id \
            JOIN enrollment_decisions d ON d.template = o.template AND d.subscriber_id = o.subscriber_id \
            WHERE c.status = 'active' AND c.not_after <= ? AND o.stage = 'active' AND o.template = ? \
            AND d.verdict = 'covered' AND d.action IS NULL AND (d.due_at IS NULL OR d.due_at >= c.not_after) \
            AND (d.concern IS NULL OR d.concern <> ?) AND NOT EXISTS (SELECT 1 FROM orders w WHERE w.template = o.template \
            AND w.subscriber_id = o.subscriber_id AND w.stage IN (\(open.places)))
            """,
            [SQLValue(now), SQLValue(soon), .text(summary.template), .text(CertificateConcern.disabled.rawValue)]
                + open.parameters
        ) { row in
            let reason: String = try row["reason"]
            // Said by itself.
            guard !EndedOrderRule.isRefusal(reason) else { return }
            if try row["is_over"] as Int == 1 { summary.over += 1 } else { summary.overSoon += 1 }
            summary.endReasons[reason, default: 0] += 1
        }
        let standing = SQLValueList(OrderStage.allCases.filter { $0.isOpen || $0 == .active }.map(\.rawValue))
        try connection.forEachRow(
            """
            SELECT d.reason AS reason, COUNT(*) AS people FROM enrollment_decisions d WHERE d.template = ? \
            AND d.verdict IN ('ended', 'skipped') AND d.reason <> ? AND EXISTS (SELECT 1 FROM orders e \
            WHERE e.template = d.template AND e.subscriber_id = d.subscriber_id \
            AND CASE e.stage WHEN 'expired' THEN 1 ELSE 0 END = 1) AND NOT EXISTS (SELECT 1 FROM orders w \
            WHERE w.template = d.template AND w.subscriber_id = d.subscriber_id \
            AND CASE WHEN w.stage IN (\(standing.places)) THEN 1 ELSE 0 END = 1) GROUP BY d.reason
            """, [.text(summary.template), .text(EnrollmentRules.disabled)] + standing.parameters
        ) { row in
            let (reason, count): (String, Int) = (try row["reason"], try row["people"])
            guard !EndedOrderRule.isRefusal(reason), !reason.hasPrefix(EndedOrderRule.revokedByCA) else { return }
            summary.over += count
            summary.endReasons[reason, default: 0] += count
        }
    }

    /// Decisions by what is to be done, in the order of the people's ids, at most `limit` of those behind `subscriberID`.
    ///
    /// - Parameter incidents: those that these incidents want, at least one; nil for those that none wants.
    public func decisions(
        template: String, actions: Set<PlannedAction>, of incidents: [Int64]? = nil, after subscriberID: String = "",
        limit: Int
    ) async throws -> [EnrollmentDecision] {
        let list = SQLValueList(actions.map(\.rawValue).sorted())
        let its = incidents.map { SQLValueList($0) }
        return try await decisions(
            "template = ? AND action IN (\(list.places)) AND incident \(its.map { "IN (\($0.places))" } ?? "IS NULL") "
                + "AND subscriber_id > ?",
            [.text(template)] + list.parameters + (its?.parameters ?? []) + [.text(subscriberID)], limit)
    }

    /// Decisions of one verdict in the order of the people's ids, at most `limit` of those behind `subscriberID`.
    public func decisions(
        template: String, verdict: EnrollmentDecision.Verdict, after subscriberID: String = "", limit: Int
    ) async throws -> [EnrollmentDecision] {
        try await decisions(
            "template = ? AND verdict = ? AND subscriber_id > ?",
            [.text(template), .text(verdict.rawValue), .text(subscriberID)], limit)
    }

    /// What was found for one person, for every template.
    public func decisions(subscriberID: String) async throws -> [EnrollmentDecision] {
        try await decisions("subscriber_id = ?", [.text(subscriberID)], 1000)
    }

    private func decisions(_ condition: String, _ parameters: [SQLValue], _ limit: Int) async throws
        -> [EnrollmentDecision]
    {
        try await database.read { connection in
            try connection.query(
                """
                SELECT template, subscriber_id, user_principal_name, verdict, reason, names, due_at, newest_order,
                concern, action, acts_on, incident
                FROM enrollment_decisions WHERE \(condition)
                ORDER BY template, subscriber_id \(connection.dialect.page(limit, 0))
                """, parameters
            ) { row in
                EnrollmentDecision(
                    template: try row[0], subscriberID: try row[1], userPrincipalName: try row[2],
                    verdict: EnrollmentDecision.Verdict(rawValue: try row[3]) ?? .skipped, reason: try row[4],
                    names: RequestedNames(json: try JSONValue(parsing: try row[5] as String)),
                    concern: CertificateConcern(rawValue: try row[8] as String? ?? ""), dueAt: try row[6],
                    newestOrder: try row[7], action: PlannedAction(rawValue: try row[9] as String? ?? ""),
                    actsOn: try row[10], incident: try row[11])
            }
        }
    }
}
