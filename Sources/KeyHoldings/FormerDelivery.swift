// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
import Store

/// A certificate in use that lies in Intune for a former key of the connectors: devices that have it go on, and no other gets it.
public struct FormerDelivery: Sendable, Hashable {
    public let certificateID: Int64
    public let template: String
    public let subscriberID: String
    /// Whether the next pass delivers it again by itself: a copy of the key is kept, and it is to be had.
    public let isDeliveredAgain: Bool

    /// One sentence about one of them.
    public var sentence: String {
        isDeliveredAgain
            ? "Intune holds it for a former key of the connectors; the next pass delivers it again"
            : "Intune holds it for a former key of the connectors, and its key is not at hand: devices that have it go on, and no other gets "
                + "it before it is renewed, or replaced by 'certway drift repair --kind recordForOldConnectorKey'"
    }

    /// One sentence about those of a template.
    ///
    /// - Parameter template: nil for those of all.
    public static func sentence(again: Int, left: Int, template: String?) -> String? {
        guard again + left > 0 else { return nil }
        let lost =
            left == 0
            ? nil
            : "the keys of \(left) are not at hand: devices that have them go on, and no other gets them before they are renewed, or replaced "
                + "by 'certway drift repair --kind recordForOldConnectorKey'"
        let kept = again == 0 ? nil : "\(again) are delivered again by the next pass"
        let subject = template.map { "template \($0): " } ?? ""
        let verb = again + left == 1 ? "certificate in use lies" : "certificates in use lie"
        return "\(subject)\(again + left) \(verb) in Intune for a former key of the connectors (intune.publicKey): "
            + [kept, lost].compactMap(\.self).joined(separator: "; ")
    }
}

extension KeyHoldingStore {
    /// What of a certificate `c` with its order `o` says that it lies in Intune for another key of the connectors: what is kept of the key's
    /// holder, else what was noted when it was brought there.
    private static func isFormer(_ connector: String) -> (condition: String, parameters: [SQLValue]) {
        let own = "h.certificate_id = c.id AND h.person_id = c.subscriber_id AND h.connector IS NOT NULL"
        let kinds: [SQLValue] = [.text("delivered"), .text(OrderLedger.adoptedEvent)]
        return (
            """
            o.stage IN (?, ?, ?) AND NOT EXISTS (SELECT 1 FROM certificate_actions x WHERE x.certificate_id = c.id \
            AND x.kind = ? AND x.state <> ?) \
            AND (EXISTS (SELECT 1 FROM key_holdings h WHERE \(own) AND h.wanted = 1 AND h.connector <> ?) \
            OR NOT EXISTS (SELECT 1 FROM key_holdings h WHERE \(own)) \
            AND EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = o.id AND e.kind IN (?, ?) \
            AND e.data LIKE ? AND e.data NOT LIKE ? AND NOT EXISTS (SELECT 1 FROM order_events l \
            WHERE l.order_id = o.id AND l.kind IN (?, ?) AND l.sequence_number > e.sequence_number)))
            """,
            [
                SQLValue(OrderStage.delivered), SQLValue(OrderStage.published), SQLValue(OrderStage.active),
                SQLValue(CertificateAction.Kind.withdraw), SQLValue(CertificateAction.State.failed), .text(connector),
            ] + kinds + [.text("%\"connectorKey\":\"%"), .text("%\"connectorKey\":\"\(connector)\"%")] + kinds
        )
    }

    private static let copyKept = """
        CASE WHEN EXISTS (SELECT 1 FROM order_keys k WHERE k.order_id = c.order_id AND k.erased = 0) \
        AND EXISTS (SELECT 1 FROM key_holdings w WHERE w.certificate_id = c.id AND w.person_id = c.subscriber_id \
        AND w.wanted = 1) THEN 1 ELSE 0 END
        """

    /// Those of some people.
    ///
    /// - Parameters:
    ///   - connector: `IntuneSettings.connector` of today.
    ///   - people: their object ids.
    public func formerDeliveries(connector: String, people: [String]) async throws -> [FormerDelivery] {
        guard !people.isEmpty else { return [] }
        let former = Self.isFormer(connector)
        return try await database.read { connection in
            var found: [FormerDelivery] = []
            for list in SQLValueList.lists(people) {
                found += try connection.query(
                    """
                    SELECT c.id AS id, c.template AS template, c.subscriber_id AS subscriber_id, \(Self.copyKept) AS again \
                    FROM certificates c JOIN orders o ON o.id = c.order_id \
                    WHERE c.subscriber_id IN (\(list.places)) AND \(former.condition)
                    """, list.parameters + former.parameters
                ) { row in
                    FormerDelivery(
                        certificateID: try row["id"], template: try row["template"],
                        subscriberID: try row["subscriber_id"], isDeliveredAgain: try row["again"])
                }
            }
            return found
        }
    }

    /// How many there are, by template; reads what was noted of every certificate in use.
    public func formerDeliveries(connector: String) async throws -> [String: (again: Int, left: Int)] {
        let former = Self.isFormer(connector)
        return try await database.read { connection in
            var counts: [String: (again: Int, left: Int)] = [:]
            try connection.forEachRow(
                """
                SELECT f.template, f.again, COUNT(*) FROM (SELECT c.template AS template, \(Self.copyKept) AS again \
                FROM certificates c JOIN orders o ON o.id = c.order_id WHERE \(former.condition)) f \
                GROUP BY f.template, f.again
                """, former.parameters
            ) { row in
                let (template, again, count): (String, Bool, Int) = (try row[0], try row[1], try row[2])
                var both = counts[template] ?? (0, 0)
                if again { both.again += count } else { both.left += count }
                counts[template] = both
            }
            return counts
        }
    }
}
