// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import Ledger
import Records
public import Store

/// What is wanted and known of certificates in directories, beside the ledger's tables. A row is there before the first write, so that
/// what was published is taken back one day whatever happens in between.
public struct PublicationStore: Sendable {
    let database: any SQLDatabase
    let clock: any ConnectorClock

    public init(_ ledger: OrderLedger) { (database, clock) = (ledger.database, ledger.clock) }

    var now: Date { clock.now().roundedToMilliseconds }

    /// Compares what is to be found in a directory with what is on record, and notes the difference: certificates that came into use
    /// are wanted, those that are not in use any more are not.
    ///
    /// Of several certificates of one person the one that began last is wanted: who encrypts chooses unpredictably among several.
    /// - Parameters:
    ///   - templates: those whose certificates belong there; none where the directory was left out of all.
    ///   - limit: rows that one call makes or changes of each kind; the next call goes on.
    /// - Returns: how many are wanted now that were not, and the other way round.
    @discardableResult
    public func want(
        in place: String, of templates: [String], limit: Int = 2000
    ) async throws -> (wanted: Int, unwanted: Int) {
        let rule = WantedRule(templates, in: place, at: now)
        // Nearly always nothing differs, and who only looks keeps nobody from writing.
        guard try await database.read({ try !rule.differences(on: $0, limit: 1).isEmpty }) else { return (0, 0) }
        return try await database.write { connection in
            let found = try rule.differences(on: connection, limit: limit)
            try connection.insert(
                into: "publications",
                [
                    "certificate_id", "place", "subscriber_id", "wanted", "actual", "since", "next_action_at",
                    "failures",
                ],
                rows: found.fresh.map { id, subscriber in
                    [
                        .integer(id), .text(place), .text(subscriber), .integer(1),
                        SQLValue(PublicationRecord.Actual.unknown), SQLValue(rule.now), SQLValue(rule.now), .integer(0),
                    ]
                })
            func turn(_ ids: [Int64], _ wanted: Int64) throws {
                for list in SQLValueList.lists(ids) {
                    try connection.execute(
                        """
                        UPDATE publications SET wanted = ?, since = ?, next_action_at = ?, failures = 0, error_kind = NULL, \
                        problem = NULL WHERE place = ? AND certificate_id IN (\(list.places))
                        """,
                        [.integer(wanted), SQLValue(rule.now), SQLValue(rule.now), .text(place)] + list.parameters)
                }
            }
            try turn(found.again, 1)
            try turn(found.over, 0)
            return (found.fresh.count + found.again.count, found.over.count)
        }
    }

    /// People of whom something is due in a directory, the longest overdue first; reads an index.
    public func due(in place: String, limit: Int) async throws -> [String] {
        let now = now
        return try await database.read { connection in
            try connection.query(
                """
                SELECT subscriber_id, MIN(next_action_at) AS first_due FROM publications WHERE place = ? AND next_action_at <= ? \
                GROUP BY subscriber_id ORDER BY first_due, subscriber_id \(connection.dialect.page(limit, 0))
                """, [.text(place), SQLValue(now)]
            ) { try $0[0] as String }
        }
    }

    /// All that is on record of one person in one directory.
    func work(on subscriber: String, in place: String) async throws -> [PublicationWork] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT \(PublicationTable.columns), c.der, c.email_addresses, c.not_before FROM publications p \
                JOIN certificates c ON c.id = p.certificate_id WHERE p.subscriber_id = ? AND p.place = ? \
                ORDER BY c.not_before DESC, c.id DESC
                """, [.text(subscriber), .text(place)]
            ) { try PublicationWork($0) }
        }
    }

    /// Lets what is not settled, or everything, be looked at at once.
    ///
    /// - Parameter all: also what was seen to be as it is wanted, to find what others have changed.
    /// - Returns: how many rows are due now.
    @discardableResult
    public func hurry(
        in place: String?, of subscriber: String? = nil, all: Bool, on connection: any SQLConnection
    ) throws -> Int {
        var (conditions, parameters) = (["(wanted = 1 OR next_action_at IS NOT NULL)"], [SQLValue(now)])
        if let place { (conditions, parameters) = (conditions + ["place = ?"], parameters + [.text(place)]) }
        if let subscriber {
            (conditions, parameters) = (conditions + ["subscriber_id = ?"], parameters + [.text(subscriber)])
        }
        if !all { conditions.append("(problem IS NOT NULL OR actual = 'unknown' OR actual = 'absent' AND wanted = 1)") }
        return try connection.execute(
            "UPDATE publications SET next_action_at = ? WHERE \(conditions.joined(separator: " AND "))", parameters)
    }

    /// Puts on record what a look has found and done.
    ///
    /// - Parameter outcomes: by certificate; of one that is wanted otherwise meanwhile nothing is noted: it is due anyway.
    func note(_ outcomes: [PublicationOutcome]) async throws {
        let now = now
        try await database.write { connection in
            for outcome in outcomes { try PublicationTable(connection: connection).note(outcome, at: now) }
        }
    }
}
