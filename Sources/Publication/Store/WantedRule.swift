// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Store

/// Which certificates are to be found in a directory: those in use, delivered, not over, whose end nobody has asked for, and of one
/// person the one that began last. As SQL about `certificates c JOIN orders o`.
struct WantedRule {
    let condition: String
    let parameters: [SQLValue]

    init(_ templates: [String], at now: Date) {
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
}
