// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What others find, and what key recovery agents can open.
extension DriftRule {
    static let published = [
        DriftRule(
            .notPublished, .addressLists, .fault, "others do not find a certificate that is to be published",
            cause: "another program has changed the entry, or publication has not come to it yet", .publish,
            "the entry is looked at and put right at once"),
        DriftRule(
            .stillPublished, .addressLists, .danger, "others find a certificate that is not in use any more",
            cause: "another program has put it back, or publication has not come to it yet", .publish,
            "the entry is looked at and put right at once"),
        DriftRule(
            .strangerPublished, .addressLists, .danger, "the entry of a person has a certificate of another person",
            cause: "another program has written it: mail to the one is encrypted to the other", .person,
            "take it out of the entry by hand: what the gateway has not published there it does not touch"),
        DriftRule(
            .notArchived, .archive, .danger, "the key of a certificate in use is not in the archive",
            cause: "keyRecoveryAgents were added to the template after it was ordered", .person,
            "have another certificate take its place: 'certway certificate withdraw SERIAL --order-again --because \"key not archived\"'"
        ),
        DriftRule(
            .archivedForOthers, .archive, .danger, "a key recovery agent of the template cannot open an archived key",
            cause: "the agents were changed after the key was archived", .person,
            "archive it for the agents of today: 'certway key rewrap --to AGENT --dry-run'"),
        DriftRule(
            .archiveBroken, .archive, .danger, "an archived key cannot be read, so nobody can recover it",
            cause: "the record was damaged, or changed by another program", .person,
            "take the record from a backup; while the certificate is in use, have another one take its place: "
                + "'certway certificate withdraw SERIAL --order-again --because \"archived key unreadable\"'"),
    ]
}
