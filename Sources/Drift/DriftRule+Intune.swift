// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What Intune holds otherwise than the ledger says. Sources: wire/intune-pfx.md sections 2, 3 and 9.
extension DriftRule {
    private static let again =
        "delivered again where the key is at hand; else another certificate is ordered in its place"

    static let intune = [
        DriftRule(
            .recordDeleted, .intune, .fault, "Intune does not hold the PFX of a certificate in use",
            cause: "somebody else has deleted it", .deliverAgain, again, fault: .recordDeleted),
        DriftRule(
            .recordOfAnotherCertificate, .intune, .fault, "Intune's record of this id names another certificate",
            cause: "another program has written it", .deliverAgain, again, fault: .thumbprintDiffers),
        DriftRule(
            .recordUnderAnother, .intune, .danger, "Intune holds a PFX under a person who is not to have its key",
            cause: "another program has written it, or a name went to another person while it was uploaded", .takeOut,
            "the record is taken out; that person's devices may have fetched the key: "
                + "revoke the certificate with reason keyCompromise"),
        DriftRule(
            .recordNameDiffers, .intune, .fault, "Intune's record carries another user principal name than the person",
            cause: "the account was renamed, or another program has written the record", .deliverAgain, again,
            fault: .signInNameDiffers),
        DriftRule(
            .recordDatesDiffer, .intune, .fault, "Intune's record carries other dates than the certificate",
            cause: "another program has written it", .deliverAgain, again, fault: .datesDiffer),
        DriftRule(
            .recordPurposeDiffers, .intune, .fault, "Intune's record has another purpose than the template",
            cause: "another program has written it, or intendedPurpose of the template was changed", .deliverAgain,
            again,
            fault: .wrongPurpose),
        DriftRule(
            .recordStartsLater, .intune, .fault,
            "another record of the person with the same purpose starts later: devices get that one",
            cause: "another program delivers to the same person", .person,
            "take the other record out of Intune where nobody needs its key", fault: .laterStart),
        DriftRule(
            .recordProviderDiffers, .intune, .fault, "Intune's record names another key storage provider",
            cause: "intune.providerName was changed, or another program has written the record", .deliverAgain, again,
            fault: .providerDiffers),
        DriftRule(
            .recordKeyNameDiffers, .intune, .fault, "Intune's record names another key of the connectors",
            cause: "intune.keyName was changed, or another program has written the record", .deliverAgain, again,
            fault: .keyNameDiffers),
        DriftRule(
            .recordPaddingDiffers, .intune, .fault, "Intune's record has another padding scheme",
            cause: "another program has written it", .deliverAgain, again, fault: .paddingDiffers),
        DriftRule(
            .recordForOldConnectorKey, .intune, .fault,
            "the password of a PFX was encrypted to a connector key that is gone",
            cause: "the connectors have another key than when it was delivered", .deliverAgain, again,
            fault: .encryptedToAnotherKey),
        DriftRule(
            .recordOfWithdrawn, .intune, .danger, "Intune holds a PFX that was taken out",
            cause: "another program, or a restore, has put it back", .takeOut, "the record is taken out again"),
        DriftRule(
            .recordOfDeletedPerson, .intune, .note, "Intune holds a PFX of a person who is deleted",
            cause: "the departure rule keeps the certificate, or has not come to it yet", .withdraw,
            "the certificate is withdrawn from Intune"),
        DriftRule(
            .recordOfCompromised, .intune, .danger, "Intune holds a PFX whose key is in wrong hands",
            cause: "it was revoked for keyCompromise and not withdrawn", .withdraw,
            "the certificate is withdrawn from Intune"),
        DriftRule(
            .recordOfFormerHolder, .intune, .danger,
            "Intune holds the key of a shared mailbox for somebody who may not open it any more",
            cause: "the right was taken away, and the record is not out yet or was put back", .takeOut,
            "the record is taken out; onLeave of the template gives the mailbox another key"),
        DriftRule(
            .recordKeptTooLong, .intune, .note, "Intune holds a PFX for longer than keyHistory says",
            cause: "keyHistory was shortened, and the record is not out yet or was put back", .takeOut,
            "the record is taken out"),
        DriftRule(
            .heldKeyMissing, .intune, .fault,
            "Intune does not hold a key that a person is to have beside the one in use",
            cause: "somebody else has deleted it", .deliverAgain, again),
        DriftRule(
            .recordUnknown, .intune, .note, "Intune holds a PFX for our connectors' key that the ledger does not know",
            cause: "another product delivers through the same key, or the database is an older copy", .person,
            "'certway adopt --backend-ca NAME --dry-run' shows what of another product is taken over; delete in Intune what nobody needs"
        ),
    ]
}
