// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can differ between the ledger and the world. Each is a word of API and command; what it means stands in `DriftRule.table`.
public enum DriftKind: String, Sendable, CaseIterable {
    case notAtAuthority, unknownAtAuthority, issuedAfterEnd, orderOfNobody, serialNumberDiffers
    case revokedAtAuthority, heldAtAuthority, revocationNotShown
    case recordDeleted, recordOfAnotherCertificate, recordUnderAnother, recordNameDiffers, recordDatesDiffer
    case recordPurposeDiffers, recordStartsLater, recordProviderDiffers, recordKeyNameDiffers, recordPaddingDiffers
    case recordForOldConnectorKey, recordOfWithdrawn, recordOfDeletedPerson, recordOfCompromised, recordOfFormerHolder
    case recordKeptTooLong, heldKeyMissing, recordUnknown
    case personDeleted, personLeft, personDisabled, personNotEntitled, personRenamed, mailboxUnread, mailboxKeyExposed
    case twoInUse
    case signInValueMissing, signInValueLeft
    case notPublished, stillPublished, strangerPublished
    case notArchived, archivedForOthers, archiveBroken
}
