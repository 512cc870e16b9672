// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Delivery
public import Foundation

extension DeliveryEvidence {
    /// Of the records of Intune alone: the rest of the way is not looked at, and unknown.
    ///
    /// - Parameters:
    ///   - record: Intune's record of the certificate; nil for none.
    ///   - recordsOfPerson: what Intune holds under the person's name.
    public init(
        _ expected: DeliveryExpectation, readAt: Date, record: UserPFXCertificate?,
        recordsOfPerson: [UserPFXCertificate]
    ) {
        func unread<Value>() -> Reading<Value> { .unknown("not asked for", isThrottled: false) }
        self.init(
            expected: expected, readAt: readAt, account: unread(), isLicensed: unread(), record: .known(record),
            recordsOfPerson: .known(recordsOfPerson), recordsOfCertificate: unread(), connectors: unread(),
            isProfileAssigned: unread(), devices: unread(), reports: unread())
    }
}
