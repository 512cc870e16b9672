// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Store

/// What the ledger knows of proofs of mailboxes: S/MIME Baseline Requirements, section 4.2.1, let a CA use a proof by mail again for 30
/// days, after which the person has to click once more.
struct MailboxProofs {
    static let validity: TimeInterval = 30 * 86_400
    private static let asked = pattern("subscriber")
    /// How an event says that an order waits for a person.
    static let persons = ["subscriber", "approver", "operator"].map { SQLValue.text(pattern($0)) }

    /// As `OutcomeRecorder` writes it.
    private static func pattern(_ party: String) -> String { "%\"waitingFor\":\"\(party)\"%" }

    let database: any SQLDatabase
    let backendCA: String
    let product: String

    /// Whether these people have to click before this CA issues.
    ///
    /// - Parameters:
    ///   - people: the addresses to be certified, by object id.
    ///   - date: when their order is there at the latest.
    /// - Returns: a proof for each.
    func find(_ people: [String: [String]], at date: Date) async throws -> [String: IncidentItem.Proof] {
        try await database.read { connection in
            // The first that is found says it: an answer for all of them would read the events of years.
            let one = connection.dialect.page(1, 0)
            let asks = try connection.value(
                """
                SELECT 1 FROM orders o WHERE o.backend_ca = ? AND o.product = ? AND (o.waiting_for = 'subscriber' \
                OR EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = o.id AND e.kind = 'pending' \
                AND e.data LIKE ?)) ORDER BY o.id \(one)
                """, [.text(backendCA), .text(product), .text(Self.asked)], as: Int.self)
            guard asks != nil else {
                let issued = try connection.value(
                    """
                    SELECT 1 FROM orders WHERE backend_ca = ? AND product = ? AND certificate_id IS NOT NULL ORDER BY id \(one)
                    """, [.text(backendCA), .text(product)], as: Int.self)
                return people.mapValues { _ in issued == nil ? .unknown : .notNeeded }
            }
            var proven: [String: Set<String>] = [:]
            for list in SQLValueList.lists(people.keys.sorted()) {
                try connection.forEachRow(
                    """
                    SELECT o.subscriber_id, o.names, c.created_at FROM orders o JOIN certificates c ON c.order_id = o.id \
                    WHERE o.backend_ca = ? AND o.subscriber_id IN (\(list.places)) AND c.created_at > ? \
                    AND EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = o.id AND e.kind = 'pending' \
                    AND e.data LIKE ?)
                    """,
                    [.text(backendCA)] + list.parameters
                        + [SQLValue(date.addingTimeInterval(-Self.validity)), .text(Self.asked)]
                ) { row in
                    let names = RequestedNames(json: try .init(parsing: try row[1] as String))
                    proven[try row[0], default: []].formUnion(names.emails.map { $0.lowercased() })
                }
            }
            return people.reduce(into: [:]) { result, person in
                let known = proven[person.key] ?? []
                let isProven = !person.value.isEmpty && person.value.allSatisfy { known.contains($0.lowercased()) }
                result[person.key] = isProven ? .fresh : .mustClick
            }
        }
    }
}
