// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What CAs say otherwise than the ledger.
extension DriftRule {
    static let authority = [
        DriftRule(
            .notAtAuthority, .authority, .fault, "the CA's list does not have the order of a certificate in use",
            cause: "the account or the environment was changed, or the CA has deleted the order", .person,
            "look whether the backend CA still signs in to the account that has ordered it: 'certway ca check BACKEND-CA'"
        ),
        DriftRule(
            .unknownAtAuthority, .authority, .note, "the CA has issued a certificate that the ledger does not know",
            cause: "somebody has ordered at the CA itself or through another product, or the database is an older copy",
            .adopt, "taken over as if it had been ordered here, where its person is to have one and has none"),
        DriftRule(
            .issuedAfterEnd, .authority, .fault,
            "the CA has issued a certificate for an order that has ended here without one",
            cause: "the CA, or somebody on the way, has said that it was refused, or a person that it is absent",
            .person,
            "'certway order retry ORDER --found ID' takes the order up again while its key is kept; or revoke the certificate at the CA"
        ),
        DriftRule(
            .orderOfNobody, .authority, .note, "an order waits at the CA that no order of the ledger is",
            cause:
                "somebody has ordered at the CA itself, an order has reached the CA twice, or the database is an older copy",
            .person,
            "ask who has placed it, and cancel it at the CA where nobody has"),
        DriftRule(
            .serialNumberDiffers, .authority, .fault,
            "the CA's list has another serial number for the order than the ledger",
            cause: "the CA has issued the certificate anew under the same order", .person,
            "look at the order at the CA: who has the key of the other certificate? revoke what nobody holds the key of"
        ),
        DriftRule(
            .revokedAtAuthority, .revocation, .danger, "the CA has revoked a certificate that is valid here",
            cause: "somebody has revoked it at the CA itself, or the CA had to", .record,
            "put on record as revoked, so that it is used and published no more; nothing follows by itself: 'certway order again ORDER' orders another one"
        ),
        DriftRule(
            .heldAtAuthority, .revocation, .note, "the CA has put a certificate on hold that is valid here",
            cause: "somebody has put it on hold at the CA itself", .person,
            "end the hold at the CA, or revoke the certificate: who ends a hold has it back"),
        DriftRule(
            .revocationNotShown, .revocation, .danger,
            "a certificate that is revoked here is not revoked in what its CA publishes",
            cause: "the CA has taken the request and not carried it out, or has taken the revocation back", .person,
            "revoke it at the CA; the gateway goes on looking, see 'certway certificate show SERIAL'"),
    ]
}
