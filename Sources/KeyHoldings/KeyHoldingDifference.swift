// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Foundation
import Ledger
import Store

/// What is on record of the keys of one template otherwise than it is wanted, kind by kind. Costs a walk over the template's certificates
/// or rows for each.
struct KeyHoldingDifference {
    let now: Date
    private let rule: KeyHoldingRule
    /// What passwords are encrypted to now; nil while nothing can be delivered.
    private let connector: String?
    /// As `KeyHoldingRule` says it of a certificate `c` with its order `o`.
    private let stays: (condition: String, parameters: [SQLValue])
    private let people: (join: String, condition: String, parameters: [SQLValue])

    init(_ rule: KeyHoldingRule, _ connector: String?, at now: Date) {
        (self.rule, self.connector, self.now) = (rule, connector, now)
        (stays, people) = (rule.stays(at: now), rule.people)
    }

    private var isWanted: String { "\(stays.condition) AND \(people.condition)" }
    private var wantedParameters: [SQLValue] { stays.parameters + people.parameters }

    /// Whether anything differs.
    func isThere(on connection: any SQLConnection) throws -> Bool {
        try !fresh(on: connection, 1).isEmpty || !over(on: connection, 1).isEmpty || !again(on: connection, 1).isEmpty
            || !stale(on: connection, 1).isEmpty || !back(on: connection, 1).isEmpty
            || !renamed(on: connection, 1).isEmpty || !misdirected(on: connection, 1).isEmpty
    }

    /// Wanted, and not on record: certificate, person, their name, whose certificate it is.
    func fresh(on connection: any SQLConnection, _ limit: Int) throws -> [[SQLValue]] {
        try connection.query(
            """
            SELECT c.id, p.id, p.user_principal_name, c.subscriber_id FROM certificates c \
            JOIN orders o ON o.id = c.order_id \(people.join) WHERE \(isWanted) AND NOT EXISTS \
            (SELECT 1 FROM key_holdings h WHERE h.certificate_id = c.id AND h.person_id = p.id) \
            ORDER BY c.id, p.id \(connection.dialect.page(limit, 0))
            """, wantedParameters
        ) { [try $0[0] as SQLValue, try $0[1] as SQLValue, try $0[2] as SQLValue, try $0[3] as SQLValue] }
    }

    /// On record as wanted, and wanted no more.
    func over(on connection: any SQLConnection, _ limit: Int) throws -> [(Int64, String)] {
        let there = rule.stays(withHolderAt: now)
        return try rows(
            "h.wanted = 1 AND NOT \(reason("\(stays.condition) AND (\(people.condition) OR \(there.condition))"))",
            stays.parameters + people.parameters + there.parameters, on: connection, limit)
    }

    /// On record as not wanted, and wanted again.
    func again(on connection: any SQLConnection, _ limit: Int) throws -> [(Int64, String)] {
        try rows("h.wanted = 0 AND \(reason(isWanted))", wantedParameters, on: connection, limit)
    }

    /// There for a key that the connectors have no more.
    func stale(on connection: any SQLConnection, _ limit: Int) throws -> [(Int64, String)] {
        guard let connector else { return [] }
        return try rows(
            "h.wanted = 1 AND h.next_action_at IS NULL AND h.actual = ? AND h.problem IS NULL "
                + "AND (h.connector IS NULL OR h.connector <> ?)",
            [SQLValue(KeyHolding.Actual.present.rawValue), .text(connector)], on: connection, limit)
    }

    /// On record as outdated, and the connectors have the key of before again.
    func back(on connection: any SQLConnection, _ limit: Int) throws -> [(Int64, String)] {
        guard let connector else { return [] }
        return try rows(
            "h.wanted = 1 AND h.actual = ? AND h.connector = ?",
            [SQLValue(KeyHolding.Actual.outdated.rawValue), .text(connector)], on: connection, limit)
    }

    /// With people who have another name now.
    func renamed(on connection: any SQLConnection, _ limit: Int) throws -> [(Int64, String, String)] {
        try connection.query(
            """
            SELECT h.certificate_id, h.person_id, p.user_principal_name FROM key_holdings h \
            JOIN directory_users p ON p.id = h.person_id WHERE h.template = ? AND h.wanted = 1 \
            AND p.is_deleted = 0 AND p.user_principal_name <> h.user_principal_name \
            ORDER BY h.certificate_id, h.person_id \(connection.dialect.page(limit, 0))
            """, [.text(rule.template)]
        ) { (try $0[0] as Int64, try $0[1] as String, try $0[2] as String) }
    }

    /// The sets of sources of an address with the name to sign in with among them.
    private static let signIns = (0..<8).filter { AddressSource(rawValue: $0).contains(.userPrincipalName) }
        .map(String.init).joined(separator: ", ")

    /// A mailbox's key that Intune has under a name which has become that of somebody who is not to have it: certificate, person, name,
    /// mailbox. It may have come to the devices of that account; a record that was moved in time has not.
    func misdirected(on connection: any SQLConnection, _ limit: Int) throws -> [(Int64, String, String, String)] {
        guard rule.isForMailboxes else { return [] }
        let keeps = rule.holders.keeps(at: now)
        return try connection.query(
            """
            SELECT h.certificate_id, h.person_id, h.filed_as, h.owner_id FROM key_holdings h \
            JOIN directory_addresses u ON u.address = h.filed_as AND u.owner_id <> h.person_id \
            AND u.sources IN (\(Self.signIns)) \
            WHERE h.template = ? AND h.reached = 1 AND h.actual <> ? AND h.exposed_to IS NULL \
            AND NOT EXISTS (SELECT 1 FROM mailbox_people r WHERE r.mailbox_id = h.owner_id AND r.person_id = u.owner_id \
            AND \(keeps.condition)) ORDER BY h.certificate_id, h.person_id \(connection.dialect.page(limit, 0))
            """, [.text(rule.template), SQLValue(KeyHolding.Actual.absent.rawValue)] + keeps.parameters
        ) { (try $0[0], try $0[1], try $0[2], try $0[3]) }
    }

    /// That a row `h` has a certificate and a holder of whom something holds.
    private func reason(_ isWanted: String) -> String {
        """
        EXISTS (SELECT 1 FROM certificates c JOIN orders o ON o.id = c.order_id \(people.join) \
        WHERE c.id = h.certificate_id AND p.id = h.person_id AND \(isWanted))
        """
    }

    private func rows(
        _ condition: String, _ parameters: [SQLValue], on connection: any SQLConnection, _ limit: Int
    ) throws -> [(Int64, String)] {
        try connection.query(
            """
            SELECT h.certificate_id, h.person_id FROM key_holdings h JOIN certificates c ON c.id = h.certificate_id \
            JOIN orders o ON o.id = c.order_id WHERE h.template = ? AND \(condition) \
            ORDER BY h.certificate_id, h.person_id \(connection.dialect.page(limit, 0))
            """, [.text(rule.template)] + parameters
        ) { (try $0[0], try $0[1]) }
    }
}
