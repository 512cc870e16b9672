// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Store

/// Which certificates are to be found in a directory: those in use, delivered, not over, whose end nobody has asked for, and of one
/// person the one that began last.
struct WantedRule {
    /// What is on record otherwise than it is wanted.
    struct Differences {
        /// Wanted, and not on record: certificates and whose they are.
        var fresh: [(id: Int64, subscriber: String)] = []
        /// On record as not wanted, and wanted.
        var again: [Int64] = []
        /// On record as wanted, and not wanted.
        var over: [Int64] = []
        var isEmpty: Bool { fresh.isEmpty && again.isEmpty && over.isEmpty }
    }

    let now: Date
    private let templates: [String]
    private let place: String
    /// As SQL about `certificates c JOIN orders o`.
    private let condition: String
    private let parameters: [SQLValue]

    init(_ templates: [String], in place: String, at now: Date) {
        (self.templates, self.place, self.now) = (templates, place, now)
        let places = templates.map { _ in "?" }.joined(separator: ", ")
        func inUse(_ c: String, _ o: String) -> String {
            """
            \(c).template IN (\(places)) AND \(c).status = ? AND \(o).stage = ? AND \(c).not_after > ? \
            AND NOT EXISTS (SELECT 1 FROM certificate_actions a WHERE a.certificate_id = \(c).id \
            AND ((a.kind = ? AND a.state = ?) OR (a.kind = ? AND (a.state IN (?, ?) OR a.held = 1 AND a.state = ?))))
            """
        }
        let values: [SQLValue] =
            templates.map(SQLValue.text) + [
                SQLValue(CertificateStatus.active), SQLValue(OrderStage.active), SQLValue(now),
                SQLValue(CertificateAction.Kind.withdraw), SQLValue(CertificateAction.State.done),
                SQLValue(CertificateAction.Kind.revoke), SQLValue(CertificateAction.State.doing),
                SQLValue(CertificateAction.State.done), SQLValue(CertificateAction.State.asked),
            ]
        condition = """
            \(inUse("c", "o")) AND NOT EXISTS (SELECT 1 FROM certificates d JOIN orders q ON q.id = d.order_id \
            WHERE d.subscriber_id = c.subscriber_id AND (d.not_before > c.not_before \
            OR (d.not_before = c.not_before AND d.id > c.id)) AND \(inUse("d", "q")))
            """
        parameters = values + values
    }

    /// - Parameter limit: of each kind.
    func differences(on connection: any SQLConnection, limit: Int) throws -> Differences {
        let page = connection.dialect.page(limit, 0)
        func turned(_ wanted: Int64, _ condition: String, _ parameters: [SQLValue]) throws -> [Int64] {
            try connection.query(
                """
                SELECT p.certificate_id FROM publications p JOIN certificates c ON c.id = p.certificate_id \
                JOIN orders o ON o.id = c.order_id WHERE p.place = ? AND p.wanted = ? AND \(condition) \
                ORDER BY p.certificate_id \(page)
                """, [.text(place), .integer(1 - wanted)] + parameters
            ) { try $0[0] as Int64 }
        }
        guard !templates.isEmpty else { return Differences(over: try turned(0, "1 = 1", [])) }
        return Differences(
            fresh: try connection.query(
                """
                SELECT c.id, c.subscriber_id FROM certificates c JOIN orders o ON o.id = c.order_id \
                WHERE \(condition) AND NOT EXISTS (SELECT 1 FROM publications p WHERE p.certificate_id = c.id \
                AND p.place = ?) ORDER BY c.id \(page)
                """, parameters + [.text(place)]
            ) { (try $0[0] as Int64, try $0[1] as String) },
            again: try turned(1, condition, parameters), over: try turned(0, "NOT (\(condition))", parameters))
    }
}
