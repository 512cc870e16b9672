// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What the directory says otherwise than the certificates in use.
extension DriftRule {
    private static let byPlan = "the next plan does it by the template's rules, within its limits"

    static let directory = [
        DriftRule(
            .personDeleted, .directory, .fault, "a person who is deleted has a certificate in use",
            cause: "the account was deleted since, and the grace of onDeparture is not over", .plan, byPlan),
        DriftRule(
            .personLeft, .directory, .note, "a person who has left the group has a certificate in use",
            cause: "the person was taken out of the group, and the grace of onDeparture is not over", .plan, byPlan),
        DriftRule(
            .personDisabled, .directory, .note, "a person whose account is disabled has a certificate in use",
            cause: "the account was disabled, and the grace of onDeparture is not over", .plan, byPlan),
        DriftRule(
            .personNotEntitled, .directory, .note, "a member who would get no certificate today has one in use",
            cause: "the address, the name or the template has changed", .plan, byPlan),
        DriftRule(
            .personRenamed, .directory, .fault, "a certificate in use says other names than its person has",
            cause: "name or address were changed in the directory", .plan, byPlan),
        DriftRule(
            .mailboxUnread, .directory, .fault, "who may open a shared mailbox cannot be read as it should be",
            cause: "Exchange refuses, names somebody nobody knows, or its list has become empty", .person,
            "see 'certway mailbox show ADDRESS'; 'certway mailbox release ADDRESS --because \"nobody opens it any more\"' where an empty list is meant"
        ),
        DriftRule(
            .mailboxKeyExposed, .directory, .danger,
            "somebody who may not open a shared mailbox any more has had the key of its certificate in use",
            cause: "the right was taken away after the key was delivered", .plan,
            "the next plan gives the mailbox another key, by onLeave of the template"),
        DriftRule(
            .twoInUse, .directory, .fault, "a person has two certificates in use of one template",
            cause: "two gateways have worked on one directory, or a database was put together of two", .person,
            "revoke the one that the person does not work with: 'certway certificate revoke SERIAL --because \"not in use\"'"
        ),
        DriftRule(
            .signInValueMissing, .signIn, .fault,
            "a person cannot sign in by the certificate: the account's certificateUserIds lack it",
            cause: "another program has replaced the list", .signIn, "the value is added again, the others stay"),
        DriftRule(
            .signInValueLeft, .signIn, .danger, "a person could still sign in by a certificate that is revoked",
            cause: "the value was put back, or could not be taken out", .signIn,
            "the value is taken out, the others stay"),
    ]
}
