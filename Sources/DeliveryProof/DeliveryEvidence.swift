// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Delivery
public import Foundation

/// All that is known of the way of one certificate to its devices, at one time.
public struct DeliveryEvidence: Sendable {
    public struct Account: Sendable {
        /// The name the person signs in with now.
        public var userPrincipalName: String
        public var isEnabled: Bool
    }

    public let expected: DeliveryExpectation
    public let readAt: Date
    /// nil inside for nobody of that id.
    public var account: Reading<Account?>
    public var isLicensed: Reading<Bool>
    /// Intune's record of this certificate; nil inside for none.
    public var record: Reading<UserPFXCertificate?>
    /// What Intune holds under the person's name.
    public var recordsOfPerson: Reading<[UserPFXCertificate]>
    /// What Intune holds of this certificate, under whomever.
    public var recordsOfCertificate: Reading<[UserPFXCertificate]>
    public var connectors: Reading<[ConnectorState]>
    /// Whether an import profile of the purpose is assigned to the person.
    public var isProfileAssigned: Reading<Bool>
    public var devices: Reading<[DeviceState]>
    /// Whether devices were asked what they have; they may not have reported anything.
    public var reports: Reading<Bool>

    /// Devices with a report.
    public var reported: [DeviceState] { (devices.value ?? []).filter { $0.issuance != nil } }
    public var heldRecord: UserPFXCertificate? { record.value ?? nil }
    public var isDelivered: Bool { expected.deliveredAt != nil }

    /// What could not be read, by what it is.
    public var gaps: [(what: String, reason: String, isThrottled: Bool)] {
        [
            ("the account", account.reason, account.isThrottled),
            ("the licence", isLicensed.reason, isLicensed.isThrottled),
            ("Intune's record", record.reason, record.isThrottled),
            ("the person's records", recordsOfPerson.reason, recordsOfPerson.isThrottled),
            ("records of the certificate", recordsOfCertificate.reason, recordsOfCertificate.isThrottled),
            ("the connectors", connectors.reason, connectors.isThrottled),
            ("the import profiles", isProfileAssigned.reason, isProfileAssigned.isThrottled),
            ("the devices", devices.reason, devices.isThrottled),
            ("the devices' reports", reports.reason, reports.isThrottled),
        ].compactMap { what, reason, isThrottled in reason.map { (what, $0, isThrottled) } }
    }
}
