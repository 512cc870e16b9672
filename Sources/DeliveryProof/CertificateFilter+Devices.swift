// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Ledger
import Store

extension CertificateFilter {
    /// Only certificates in use that no device has reported as installed: those that were never asked about count, for nobody knows
    /// that they can be used; those of which no device can say anything do not.
    ///
    /// - Parameters:
    ///   - templates: those that deliver through Intune; of others no device says anything.
    ///   - now: whose time is over by then is not meant.
    public mutating func requireOnNoDevice(templates: [String], at now: Date) {
        let isMeant = SQLValueList.condition("c.template", in: templates)
        questions.append(
            (
                """
                SELECT c.id AS found_id FROM certificates c WHERE c.status = ? AND c.not_after > ? AND \(isMeant.sql) \
                AND NOT EXISTS (SELECT 1 FROM delivery_readings r WHERE r.certificate_id = c.id \
                AND (r.installed > 0 OR r.standing IN (?, ?, ?)))
                """,
                [SQLValue(CertificateStatus.active), SQLValue(now)] + isMeant.parameters
                    + [
                        .text(DeliveryStanding.usable.rawValue), .text(ReadingStore.elsewhere),
                        .text(ReadingStore.unreadable),
                    ]
            ))
    }
}
