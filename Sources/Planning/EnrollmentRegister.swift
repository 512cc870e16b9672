// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
import Foundation
import Ledger
public import Store

/// Where everybody stands: the planner's verdicts, put beside the orders and certificates. The one place that counts people, so
/// that every number has the same people behind it.
public struct EnrollmentRegister: Sendable {
    let database: any SQLDatabase
    private let clock: any ConnectorClock
    private let stops: PlacementStops

    /// - Parameter stops: what new orders wait for beyond the next pass.
    public init(
        database: any SQLDatabase, clock: any ConnectorClock = SystemClock(), stops: PlacementStops = PlacementStops()
    ) {
        self.database = database
        self.clock = clock
        self.stops = stops
    }

    /// Numbers by template; reads the verdicts once, and two index look-ups for each.
    public func counts() async throws -> [String: PeopleCount] {
        let now = clock.now()
        return try await database.read { connection in
            var counts: [String: PeopleCount] = [:]
            try connection.forEachRow(
                """
                SELECT template, status, concern, COUNT(*), replacement FROM (\(Self.people)) everybody
                GROUP BY template, status, concern, replacement
                """, [SQLValue(now)]
            ) { row in
                let (template, number): (String, Int) = (try row[0], try row[3])
                guard let status = PersonStatus(rawValue: try row[1]) else { return }
                counts[template, default: PeopleCount()].statuses[status, default: 0] += number
                if let replacement = Replacement(rawValue: try row[4] as String? ?? "") {
                    counts[template, default: PeopleCount()].replacements[replacement, default: 0] += number
                }
                guard let concern = CertificateConcern(rawValue: try row[2] as String? ?? "") else { return }
                counts[template, default: PeopleCount()].concerns[concern, default: 0] += number
            }
            return counts
        }
    }

    /// People behind the numbers, in the order of their user principal names.
    public func people(_ filter: PersonFilter) async throws -> [EnrolledPerson] {
        try await people(filter, ListRequest(limit: filter.limit)).items
    }

    /// How people are listed.
    public static let sorting = list([]).sorting

    private static func list(_ parameters: [SQLValue]) -> SQLList {
        SQLList(
            "(\(people))", parameters,
            keys: [
                ("user", ["user_principal_name"]), ("template", ["template"]), ("status", ["status"]),
                // Who has no end comes last.
                ("end", ["COALESCE(not_after, 9000000000000000)"]),
            ], identity: ["user_principal_name", "subscriber_id", "template"], standard: ListSort("user"),
            isComputed: true)
    }

    /// A page of the people behind the numbers.
    ///
    /// - Parameter filter: its limit is not looked at.
    public func people(_ filter: PersonFilter, _ request: ListRequest) async throws -> ListPage<EnrolledPerson> {
        let list = Self.list([SQLValue(clock.now())])
        return try await database.read { connection in
            try list.page(request, filter.conditions, on: connection) { try $0.map(person) }
        }
    }

    private static let openStages = OrderStage.allCases.filter(\.isOpen).map { "'\($0.rawValue)'" }.joined(
        separator: ", ")

    /// What was said of a certificate that another one has taken the place of since; what is said of the person stays.
    private static let isPast =
        "(p.concern IN ('renamed', 'otherCA', 'failedOver') AND a.id <> p.acts_on AND (w.id IS NULL OR w.id <> p.acts_on))"

    /// One row for each person and template. Who has a certificate and no verdict was in a group that the template had before.
    /// The stages stand in expressions so that no engine looks orders up by their stage, of which one has nearly all. Whether there was an
    /// order that is over is asked of the decisions themselves: MariaDB, where the list is filtered, loses the derived table's name for it.
    static let people = """
        SELECT p.template AS template, p.subscriber_id AS subscriber_id, p.user_principal_name AS user_principal_name, \
        p.verdict AS verdict, CASE WHEN \(isPast) THEN '' ELSE p.reason END AS reason, \
        CASE WHEN p.verdict = 'left' THEN 'left' WHEN c.id IS NOT NULL AND x.id IS NULL THEN 'inUse' WHEN w.held = 1 THEN 'held' \
        WHEN w.id IS NOT NULL THEN 'underWay' WHEN p.action IN ('renew', 'replace') THEN 'toOrder' \
        WHEN c.id IS NOT NULL THEN 'withdrawn' WHEN a.id IS NOT NULL OR p.verdict = 'covered' THEN 'ended' \
        WHEN p.verdict = 'order' THEN 'toOrder' \
        WHEN p.verdict = 'skipped' AND p.reason <> '\(EnrollmentRules.disabled)' AND p.had_one = 1 THEN 'ended' \
        WHEN p.verdict = 'skipped' THEN 'leftOut' ELSE p.verdict END AS status, \
        CASE WHEN c.id IS NULL OR (x.id IS NOT NULL AND p.verdict <> 'left') OR \(isPast) THEN NULL ELSE p.concern END AS concern, \
        CASE WHEN p.verdict = 'left' OR c.id IS NULL OR x.id IS NOT NULL OR w.id IS NULL THEN NULL \
        WHEN w.held = 1 THEN 'held' ELSE 'underWay' END AS replacement, \
        x.actor AS withdrawn_for, x.cause AS withdrawn_because, \
        a.reference AS active_order, w.reference AS open_order, w.stage AS open_stage, w.detail AS detail, \
        w.hold_reason AS hold_reason, w.backend_ca AS open_ca, a.backend_ca AS active_ca, \
        c.serial_number AS serial_number, c.not_after AS not_after \
        FROM (SELECT d.template, d.subscriber_id, d.user_principal_name, d.verdict, d.reason, d.concern, d.action, d.acts_on, \
        CASE WHEN d.verdict = 'skipped' AND EXISTS (SELECT 1 FROM orders e \
        WHERE e.template = d.template AND e.subscriber_id = d.subscriber_id \
        AND CASE e.stage WHEN 'expired' THEN 1 ELSE 0 END = 1) THEN 1 ELSE 0 END AS had_one FROM enrollment_decisions d \
        UNION ALL SELECT o.template, o.subscriber_id, o.user_principal_name, 'left', \
        'not in the group that the template names now', 'departed', '', NULL, 0 FROM orders o WHERE o.stage = 'active' \
        AND o.subscriber_id NOT LIKE '\(SubmittedRequest.subscriberPrefix)%' \
        AND NOT EXISTS (SELECT 1 FROM enrollment_decisions d WHERE d.template = o.template \
        AND d.subscriber_id = o.subscriber_id)) p \
        LEFT JOIN orders a ON a.template = p.template AND a.subscriber_id = p.subscriber_id \
        AND CASE a.stage WHEN 'active' THEN 1 ELSE 0 END = 1 \
        LEFT JOIN certificates c ON c.id = a.certificate_id AND c.status = 'active' AND c.not_after > ? \
        LEFT JOIN certificate_actions x ON x.certificate_id = c.id AND x.kind = 'withdraw' AND x.state = 'done' \
        LEFT JOIN orders w ON w.template = p.template AND w.subscriber_id = p.subscriber_id \
        AND CASE WHEN w.stage IN (\(openStages)) THEN 1 ELSE 0 END = 1
        """

    func now() -> Date { clock.now() }

    func person(_ row: SQLRow) throws -> EnrolledPerson {
        let concern = CertificateConcern(rawValue: try row["concern"] as String? ?? "")
        let status = PersonStatus(rawValue: try row["status"]) ?? .ended
        let (serial, notAfter): (String?, Date?) = (try row["serial_number"], try row["not_after"])
        let (open, active): (String?, String?) = (try row["open_order"], try row["active_order"])
        let replacement = Replacement(rawValue: try row["replacement"] as String? ?? "")
        let reason: String = try row["reason"]
        let verdict: String = try row["verdict"]
        let withdrawal: String? = try (row["withdrawn_for"] as String?).map { actor in
            let cause: String = try row["withdrawn_because"] ?? ""
            return actor == OrderLedger.intune ? cause : "taken out of Intune for \(actor): \(cause)"
        }
        let sentence: String
        switch status {
        case .withdrawn:
            // Who is not to have one is not ordered for by anybody.
            let next = reason.isEmpty ? "'certway order again \(active ?? "")' orders another one" : reason
            sentence = "\(withdrawal ?? ""); \(next)"
        case .inUse where replacement != nil:
            sentence = [
                reason.isEmpty ? "a certificate is in use" : reason, "order \(open ?? "") is to take its place",
                try standing(ofOpenOrderIn: row, isHeld: replacement == .held),
            ].joined(separator: "; ")
        case .inUse: sentence = reason.isEmpty ? "a certificate is in use" : reason
        case .underWay, .held: sentence = try standing(ofOpenOrderIn: row, isHeld: status == .held)
        case .ended where active != nil || verdict == EnrollmentDecision.Verdict.skipped.rawValue:
            sentence = "the time of its certificate is over" + (reason.isEmpty ? "" : "; \(reason)")
        case .ended where verdict == EnrollmentDecision.Verdict.covered.rawValue:
            sentence = "its order has ended; the next plan decides what follows"
        case .toOrder:
            let waiting = stops.reason(template: try row["template"])
            sentence = [reason, waiting ?? (reason.isEmpty ? "the next pass orders" : "")].filter { !$0.isEmpty }
                .joined(separator: "; ")
        default: sentence = reason
        }
        return EnrolledPerson(
            template: try row["template"], subscriberID: try row["subscriber_id"],
            userPrincipalName: try row["user_principal_name"], status: status, reason: sentence, concern: concern,
            replacement: replacement, order: open ?? active, backendCA: try row["open_ca"] ?? (try row["active_ca"]),
            serialNumber: serial,
            notAfter: notAfter, withdrawal: withdrawal)
    }

    /// The stage of an open order, and what it waits for.
    private func standing(ofOpenOrderIn row: SQLRow, isHeld: Bool) throws -> String {
        let stage: String = try row["open_stage"] ?? ""
        let what: String? = isHeld ? try row["hold_reason"] : try waiting(row, stage) ?? (try row["detail"])
        return "\(stage): \(what ?? "")"
    }

    /// What keeps an open order that has not left.
    private func waiting(_ row: SQLRow, _ stage: String) throws -> String? {
        guard OrderStage(rawValue: stage).map(OrderStage.beforeSubmission.contains) ?? false else { return nil }
        return stops.reason(backendCA: try row["open_ca"] ?? "")
    }
}
