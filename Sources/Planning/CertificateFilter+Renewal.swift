// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Ledger
import Store

extension CertificateFilter {
    /// Only certificates in use in whose place nothing comes by itself before they end: the last plan has neither ordered another one
    /// nor noted when it will, for the person is gone, the template is off, the CA has refused for good, or nobody decides about them at all.
    ///
    /// - Parameters:
    ///   - templates: those that are switched on.
    ///   - now: whose time is over by then is not meant.
    public mutating func requireNoRenewal(templates: [String], at now: Date) {
        let isOn = SQLValueList.condition("d.template", in: templates)
        let departed = CertificateConcern.allCases.filter(\.endsRenewal).map(\.rawValue)
        let concerns = SQLValueList(departed)
        let actions = SQLValueList([PlannedAction.renew, .replace].map(\.rawValue))
        let open = SQLValueList(OrderStage.allCases.filter(\.isOpen).map(\.rawValue))
        questions.append(
            (
                """
                SELECT c.id AS found_id FROM certificates c WHERE c.status = ? AND c.not_after > ? \
                AND NOT EXISTS (SELECT 1 FROM enrollment_decisions d WHERE d.template = c.template \
                AND d.subscriber_id = c.subscriber_id AND \(isOn.sql) AND d.verdict = ? AND (d.action IN (\(actions.places)) \
                OR (d.due_at IS NOT NULL AND (d.concern IS NULL OR d.concern NOT IN (\(concerns.places)))))) \
                AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.template = c.template AND o.subscriber_id = c.subscriber_id \
                AND o.held = 0 AND CASE WHEN o.stage IN (\(open.places)) THEN 1 ELSE 0 END = 1)
                """,
                [SQLValue(CertificateStatus.active), SQLValue(now)] + isOn.parameters
                    + [.text(EnrollmentDecision.Verdict.covered.rawValue)] + actions.parameters + concerns.parameters
                    + open.parameters
            ))
    }
}
