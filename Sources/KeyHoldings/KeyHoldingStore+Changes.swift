// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Foundation
import Ledger
import Store

extension KeyHoldingStore {
    /// Compares which keys are to be on devices with what is on record, and notes the difference: rows that are missing, rows that are
    /// wanted no more, names that changed or have become another account's, and a connector that has another key now.
    ///
    /// - Parameters:
    ///   - connector: what passwords are encrypted to now; nil while nothing can be delivered.
    ///   - limit: rows that one call makes or changes of each kind; the next call goes on.
    /// - Returns: how many rows were changed.
    @discardableResult
    public func want(_ rule: KeyHoldingRule, connector: String?, limit: Int = 2000) async throws -> Int {
        let difference = KeyHoldingDifference(rule, connector, at: now)
        // Nearly always nothing differs, and who only looks keeps nobody from writing.
        guard try await database.read({ try difference.isThere(on: $0) }) else { return 0 }
        return try await database.write { connection in
            let now = SQLValue(difference.now)
            let fresh = try difference.fresh(on: connection, limit)
            try connection.insert(
                into: "key_holdings",
                [
                    "certificate_id", "person_id", "user_principal_name", "owner_id", "template", "wanted", "actual",
                    "reached", "since", "next_action_at", "failures",
                ],
                rows: fresh.map {
                    $0 + [
                        .text(rule.template), .integer(1), SQLValue(KeyHolding.Actual.absent.rawValue), .integer(0),
                        now, now, .integer(0),
                    ]
                })
            func set(_ assignments: String, _ parameters: [SQLValue], of keys: [(Int64, String)]) throws {
                for (certificate, person) in keys {
                    try connection.execute(
                        "UPDATE key_holdings SET \(assignments) WHERE certificate_id = ? AND person_id = ?",
                        parameters + [.integer(certificate), .text(person)])
                }
            }
            let over = try difference.over(on: connection, limit)
            try set(
                "wanted = 0, since = ?, next_action_at = ?, failures = 0, problem = NULL", [now, now], of: over)
            let again = try difference.again(on: connection, limit)
            try set(
                "wanted = 1, since = ?, next_action_at = ?, failures = 0, problem = NULL", [now, now], of: again)
            let stale = try difference.stale(on: connection, limit)
            try set("next_action_at = ?", [now], of: stale)
            let back = try difference.back(on: connection, limit)
            try set("actual = ?", [SQLValue(KeyHolding.Actual.present.rawValue)], of: back)
            let renamed = try difference.renamed(on: connection, limit)
            for (certificate, person, name) in renamed {
                try set("user_principal_name = ?, next_action_at = ?", [.text(name), now], of: [(certificate, person)])
            }
            let misdirected = try difference.misdirected(on: connection, limit)
            for (certificate, person, name, _) in misdirected {
                try set("exposed_to = ?", [.text(name)], of: [(certificate, person)])
            }
            // The planner replaces it, and looks at those alone that have changed.
            try DirectoryMirror.markChanged(Set(misdirected.map(\.3)), on: connection)
            return fresh.count + over.count + again.count + stale.count + back.count + renamed.count
                + misdirected.count
        }
    }

    /// Says that a person asks for keys to be sent again, whatever is known of them: those of which a copy is at hand.
    ///
    /// - Returns: how many.
    public func redeliver(person id: String, certificates: Set<Int64>? = nil) async throws -> Int {
        let now = now
        let wanted = try await holdings(ofPerson: id).filter {
            $0.isWanted && $0.copy == .kept && (certificates?.contains($0.certificateID) ?? true)
        }
        try await database.write { connection in
            for holding in wanted {
                try connection.execute(
                    """
                    UPDATE key_holdings SET next_action_at = ?, problem = NULL, failures = 0 WHERE certificate_id = ? \
                    AND person_id = ?
                    """, [SQLValue(now), .integer(holding.certificateID), .text(holding.personID)])
            }
        }
        return wanted.count
    }

    /// Has the next pass look once more where a key is, whatever was known of it.
    public func lookAgain(certificateID: Int64, personID: String) async throws {
        let now = now
        try await database.write { connection in
            _ = try connection.execute(
                """
                UPDATE key_holdings SET next_action_at = ?, problem = NULL, failures = 0 WHERE certificate_id = ? \
                AND person_id = ? AND wanted = 1
                """, [SQLValue(now), .integer(certificateID), .text(personID.lowercased())])
        }
    }

    /// Notes that something is about to leave for a person's devices, or to be taken from them: the row says so before it happens.
    public func begin(_ holding: KeyHolding) async throws {
        try await change(
            holding,
            """
            actual = ?, reached = CASE WHEN ? = 1 THEN 1 ELSE reached END, \
            filed_as = CASE WHEN ? = 1 THEN COALESCE(filed_as, ?) ELSE filed_as END
            """,
            [
                SQLValue(KeyHolding.Actual.unknown.rawValue), SQLValue(holding.isWanted), SQLValue(holding.isWanted),
                .text(holding.userPrincipalName),
            ])
    }

    /// Notes what Intune holds now.
    public func settle(_ holding: KeyHolding, connector: String?) async throws {
        let isThere = holding.isWanted
        try await change(
            holding,
            """
            actual = ?, filed_as = ?, connector = ?, delivered_at = ?, next_action_at = NULL, failures = 0, \
            problem = NULL
            """,
            [
                SQLValue((isThere ? KeyHolding.Actual.present : .absent).rawValue),
                isThere ? .text(holding.userPrincipalName) : .null,
                isThere ? SQLValue(connector) : .null, isThere ? SQLValue(now) : SQLValue(holding.deliveredAt),
            ])
    }

    /// Notes where a key is that was not sent, because no copy of it is at hand.
    ///
    /// - Parameter connector: the key of the connectors for which Intune holds it; nil where it does not.
    public func noteFound(_ holding: KeyHolding, _ actual: KeyHolding.Actual, connector: String?) async throws {
        try await change(
            holding,
            """
            actual = ?, connector = ?, reached = CASE WHEN ? = 1 THEN 1 ELSE reached END, \
            filed_as = COALESCE(filed_as, user_principal_name), next_action_at = NULL, failures = 0, problem = NULL
            """,
            [
                SQLValue(actual.rawValue), SQLValue(connector),
                SQLValue(actual == .present || actual == .outdated),
            ])
    }

    /// Notes that Intune does not hold any more what was brought there.
    ///
    /// - Parameter problem: why that stays so until a person decides; nil for whether it is to be brought there again.
    public func noteGone(_ holding: KeyHolding, _ problem: String? = nil) async throws {
        try await change(
            holding,
            "actual = ?, filed_as = NULL, connector = NULL, next_action_at = ?, failures = 0, problem = ?",
            [
                SQLValue(KeyHolding.Actual.absent.rawValue), problem == nil ? SQLValue(now) : .null,
                SQLValue(problem?.storable),
            ])
    }

    /// Notes that a withdrawal has taken a certificate out of Intune: where its key is to be there all the same, because the person has
    /// come back meanwhile, it is brought there again.
    public func noteWithdrawn(certificateID: Int64, personID: String) async throws {
        let now = now
        try await database.write { connection in
            _ = try connection.execute(
                """
                UPDATE key_holdings SET actual = ?, filed_as = NULL, connector = NULL, next_action_at = ? WHERE certificate_id = ? \
                AND person_id = ? AND wanted = 1
                """,
                [
                    SQLValue(KeyHolding.Actual.absent.rawValue), SQLValue(now), .integer(certificateID),
                    .text(personID.lowercased()),
                ])
        }
    }

    /// Notes why it is not as it should be.
    ///
    /// - Parameter next: when it is tried again; nil for not by itself.
    public func note(_ problem: String, on holding: KeyHolding, next: Date?) async throws {
        try await change(
            holding, "problem = ?, next_action_at = ?, failures = failures + 1",
            [.text(problem.storable), SQLValue(next)])
    }

    /// What was decided since holds: a row that was turned meanwhile is left as it is.
    private func change(_ holding: KeyHolding, _ assignments: String, _ parameters: [SQLValue]) async throws {
        try await database.write { connection in
            _ = try connection.execute(
                "UPDATE key_holdings SET \(assignments) WHERE certificate_id = ? AND person_id = ? AND wanted = ?",
                parameters + [
                    .integer(holding.certificateID), .text(holding.personID), SQLValue(holding.isWanted),
                ])
        }
    }

    /// Orders that have ended, whose sealed key is there and that nobody is to have any more; those of templates without a rule, too.
    ///
    /// - Parameter rules: all that are configured.
    public func endedKeys(_ rules: [KeyHoldingRule], limit: Int = 500) async throws -> [Int64] {
        let now = now
        return try await database.read { connection in
            var parameters: [SQLValue] = [
                SQLValue(OrderStage.superseded), SQLValue(OrderStage.revoked), SQLValue(OrderStage.expired),
            ]
            var condition = ""
            for rule in rules {
                let lasts = rule.lasts(at: now)
                condition += " AND NOT (\(lasts.condition))"
                parameters += lasts.parameters
            }
            return try connection.query(
                """
                SELECT o.id FROM orders o JOIN certificates c ON c.order_id = o.id WHERE o.stage IN (?, ?, ?)\(condition) \
                AND EXISTS (SELECT 1 FROM order_keys k WHERE k.order_id = o.id AND k.erased = 0) \
                AND (EXISTS (SELECT 1 FROM key_holdings h WHERE h.certificate_id = c.id) OR \(KeyHoldingRule.unused.condition)) \
                AND NOT EXISTS (SELECT 1 FROM key_holdings h WHERE h.certificate_id = c.id AND h.wanted = 1 \
                AND h.template IN (\((["?"] + rules.map { _ in "?" }).joined(separator: ", ")))) \
                ORDER BY o.id \(connection.dialect.page(limit, 0))
                """, parameters + KeyHoldingRule.unused.parameters + [.text("")] + rules.map { .text($0.template) }
            ) { try $0[0] as Int64 }
        }
    }
}

extension KeyHoldingStore {
    /// Notes that the certificate of a person is on the person's own devices, where the row is there or not.
    public func noteDelivered(
        certificateID: Int64, personID: String, userPrincipalName: String, template: String, connector: String?
    ) async throws {
        let now = now
        try await database.write { connection in
            try connection.put(
                into: "key_holdings",
                key: ["certificate_id": .integer(certificateID), "person_id": .text(personID)],
                values: [
                    "user_principal_name": .text(userPrincipalName), "owner_id": .text(personID),
                    "template": .text(template), "wanted": .integer(1),
                    "actual": SQLValue(KeyHolding.Actual.present.rawValue), "connector": SQLValue(connector),
                    "reached": .integer(1), "since": SQLValue(now), "delivered_at": SQLValue(now),
                    "next_action_at": .null, "failures": .integer(0), "problem": .null,
                ])
        }
    }
}
