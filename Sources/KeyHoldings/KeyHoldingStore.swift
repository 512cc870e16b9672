// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import Ledger
import Store

/// Which key is to be, and is, on whose devices, beside the ledger's tables. A row is there before anything leaves, so that what was
/// sent is taken back one day whatever happens in between.
public struct KeyHoldingStore: Sendable {
    let database: any SQLDatabase
    let clock: any ConnectorClock

    public init(_ ledger: OrderLedger) { (database, clock) = (ledger.database, ledger.clock) }

    var now: Date { clock.now().roundedToMilliseconds }

    static let columns = """
        h.certificate_id AS certificate_id, h.person_id AS person_id, h.user_principal_name AS user_principal_name, \
        h.owner_id AS owner_id, h.template AS template, h.wanted AS wanted, h.actual AS actual, h.connector AS connector, \
        h.since AS since, h.delivered_at AS delivered_at, h.next_action_at AS next_action_at, h.failures AS failures, \
        h.problem AS problem, c.order_id AS order_id, c.serial_number AS serial_number, \
        c.sha1_fingerprint AS sha1_fingerprint, c.not_before AS not_before, c.not_after AS not_after, o.stage AS stage, \
        CASE WHEN EXISTS (SELECT 1 FROM order_keys k WHERE k.order_id = c.order_id AND k.erased = 0) THEN 3 \
        WHEN EXISTS (SELECT 1 FROM archived_keys a WHERE a.order_id = c.order_id) THEN 2 \
        WHEN EXISTS (SELECT 1 FROM order_keys k WHERE k.order_id = c.order_id) THEN 1 ELSE 0 END AS copy_place
        """
    static let tables =
        "key_holdings h JOIN certificates c ON c.id = h.certificate_id JOIN orders o ON o.id = c.order_id"

    static func holding(_ row: SQLRow) throws -> KeyHolding {
        KeyHolding(
            certificateID: try row["certificate_id"], personID: try row["person_id"],
            userPrincipalName: try row["user_principal_name"], ownerID: try row["owner_id"],
            template: try row["template"], isWanted: try row["wanted"],
            actual: KeyHolding.Actual(rawValue: try row["actual"] as String) ?? .unknown,
            connector: try row["connector"],
            since: try row["since"], deliveredAt: try row["delivered_at"], nextActionAt: try row["next_action_at"],
            failures: try row["failures"], problem: try row["problem"], orderID: try row["order_id"],
            serialNumber: try row["serial_number"], thumbprint: (try row["sha1_fingerprint"] as String).lowercased(),
            notBefore: try row["not_before"], notAfter: try row["not_after"], stage: try row["stage"],
            copy: KeyHolding.Copy(rawValue: try row["copy_place"]) ?? .erased)
    }

    private func list(_ condition: String, _ parameters: [SQLValue], limit: Int? = nil) async throws -> [KeyHolding] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT \(Self.columns) FROM \(Self.tables) WHERE \(condition) \
                \(limit.map { connection.dialect.page($0, 0) } ?? "")
                """, parameters, Self.holding)
        }
    }

    /// What is due now, the longest overdue first; reads an index.
    public func due(limit: Int) async throws -> [KeyHolding] {
        try await list(
            "h.next_action_at <= ? ORDER BY h.next_action_at, h.certificate_id, h.person_id", [SQLValue(now)],
            limit: limit)
    }

    /// Whether nothing is, or was, wanted of anybody; one look at the table.
    public func isEmpty() async throws -> Bool {
        try await list("1 = 1 ORDER BY h.certificate_id", [], limit: 1).isEmpty
    }

    /// What is not as it should be, wanted or not, the longest overdue first; at most so many.
    ///
    /// - Parameter curable: only what is tried again by itself, or by a person's word.
    public func troubled(limit: Int, curable: Bool = false) async throws -> [KeyHolding] {
        let cure = """
             AND (h.next_action_at IS NOT NULL OR h.wanted = 1 AND EXISTS (SELECT 1 FROM order_keys k \
            WHERE k.order_id = c.order_id AND k.erased = 0))
            """
        return try await list(
            "h.problem IS NOT NULL\(curable ? cure : "") ORDER BY h.next_action_at, h.certificate_id, h.person_id",
            [], limit: limit)
    }

    /// What a person is to have, or had: newest certificate first.
    public func holdings(ofPerson id: String) async throws -> [KeyHolding] {
        try await list(
            "h.person_id = ? ORDER BY c.not_before DESC, h.certificate_id DESC", [.text(id.lowercased())])
    }

    /// Who is to have the keys of somebody, a person or a mailbox.
    public func holdings(ofOwner id: String) async throws -> [KeyHolding] {
        try await list(
            "h.owner_id = ? ORDER BY c.not_before DESC, h.certificate_id DESC, h.user_principal_name",
            [.text(id.lowercased())])
    }

    public func holdings(ofCertificate id: Int64) async throws -> [KeyHolding] {
        try await list("h.certificate_id = ? ORDER BY h.user_principal_name, h.person_id", [.integer(id)])
    }

    /// The same for many: one question for each `SQLValueList.longest` of them. Of none there is nothing to ask.
    public func holdings(ofCertificates ids: [Int64]) async throws -> [KeyHolding] {
        var found: [KeyHolding] = []
        for list in SQLValueList.lists(Set(ids).sorted()) {
            found += try await self.list(
                "h.certificate_id IN (\(list.places)) ORDER BY h.certificate_id, h.user_principal_name, h.person_id",
                list.parameters)
        }
        return found
    }

    /// What Intune holds by what is on record, in the order of certificates and people: keys of mailboxes, and earlier ones of people. The
    /// certificate in use of a person is none of them.
    ///
    /// - Parameters:
    ///   - last: the last one that was read; nil for the first.
    ///   - date: those that were brought there before.
    public func brought(after last: KeyHolding?, before date: Date, limit: Int) async throws -> [KeyHolding] {
        try await list(
            """
            h.wanted = 1 AND h.actual IN (?, ?) AND h.next_action_at IS NULL AND (h.delivered_at IS NULL OR h.delivered_at < ?) \
            AND NOT (h.person_id = h.owner_id AND o.stage = ?) \
            AND (h.certificate_id > ? OR h.certificate_id = ? AND h.person_id > ?) ORDER BY h.certificate_id, h.person_id
            """,
            [KeyHolding.Actual.present, .outdated].map { SQLValue($0.rawValue) } + [
                SQLValue(date), SQLValue(OrderStage.active), .integer(last?.certificateID ?? 0),
                .integer(last?.certificateID ?? 0), .text(last?.personID ?? ""),
            ], limit: limit)
    }

    /// By mailbox: the certificates whose key somebody has had who is not to have it any more.
    ///
    /// - Parameters:
    ///   - owners: object ids of mailboxes.
    ///   - rule: who may have it, by the template.
    public func exposed(_ owners: [String], by rule: KeyHolderRule) async throws -> [String: KeyExposure] {
        let keeps = rule.keeps(at: now)
        return try await database.read { connection in
            var found: [String: KeyExposure] = [:]
            for list in SQLValueList.lists(owners.map { $0.lowercased() }) {
                try connection.forEachRow(
                    """
                    SELECT h.owner_id, h.certificate_id, COALESCE(h.exposed_to, h.user_principal_name) AS name \
                    FROM key_holdings h WHERE h.owner_id IN (\(list.places)) AND h.reached = 1 \
                    AND h.person_id <> h.owner_id AND (h.exposed_to IS NOT NULL \
                    OR NOT EXISTS (SELECT 1 FROM mailbox_people r WHERE r.mailbox_id = h.owner_id \
                    AND r.person_id = h.person_id AND \(keeps.condition))) ORDER BY name
                    """, list.parameters + keeps.parameters
                ) { row in
                    found[try row[0], default: KeyExposure()].certificates[try row[1], default: []].append(try row[2])
                }
                // Whoever is away and keeps it yet: the end of that comes with time alone.
                try connection.forEachRow(
                    """
                    SELECT h.owner_id, MIN(r.away_since) FROM key_holdings h JOIN mailbox_people r \
                    ON r.mailbox_id = h.owner_id AND r.person_id = h.person_id \
                    WHERE h.owner_id IN (\(list.places)) AND h.reached = 1 AND r.away_since IS NOT NULL \
                    AND \(keeps.condition) GROUP BY h.owner_id
                    """, list.parameters + keeps.parameters
                ) { row in
                    let since: Date? = try row[1]
                    found[try row[0], default: KeyExposure()].dueAt = since.map {
                        $0 + Double(rule.grace.components.seconds)
                    }
                }
            }
            return found
        }
    }
}
