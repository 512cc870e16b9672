// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can be wrong between Intune and a device. Each is a word of the API and of the database; what it means stands in
/// `LastMileRule.table`.
public enum LastMileFault: String, Sendable, CaseIterable {
    case throttled
    case personGone, userDisabled, noLicence
    case uploadRefusedWithoutReason, notDelivered
    case recordDeleted, thumbprintDiffers, duplicateRecords, signInNameDiffers, clockDiffers, datesDiffer
    case wrongPurpose, laterStart, providerDiffers, keyNameDiffers, paddingDiffers, encryptedToAnotherKey
    case noProfile, noConnector, connectorsInactive, keyMissingOnOneConnector, connectorsCannotOpen
    case noDevice, encryptionTooNew, deviceNotSynced, deviceError
}
