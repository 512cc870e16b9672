// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Ledger

extension APISchema {
    private static let certificateFields = [
        APIField("number", .count, "of the ledger"), APIField("serialNumber", .string),
        APIField("userPrincipalName", .string), APIField("emailAddresses", .list(.string)),
        APIField("template", .string), APIField("backendCA", .string), APIField("subject", .string),
        APIField("issuer", .string), APIField("notBefore", .time), APIField("notAfter", .time),
        APIField("sha256Fingerprint", .string), APIField("sha1Fingerprint", .string),
        APIField("status", .word(CertificateStatus.allCases.map(\.rawValue))),
        APIField("orderID", .count, "number of its order"), .actions,
    ]

    public static let certificate = APISchema.named("Certificate", .object(certificateFields, isClosed: false))

    /// One of one's own.
    static let ownCertificate = APISchema.named(
        "OwnCertificate",
        .object(
            certificateFields + [
                APIField("purposes", .list(.word(CertificateUse.allCases.map(\.rawValue))), "what it is for")
            ], isClosed: false))

    public static let certificateDetails = APISchema.named(
        "CertificateDetails",
        .object(
            certificateFields + [
                APIField("chain", .list(.string), "PEM, leaf first"),
                APIField("certificateUserId", .nullable(.string)),
                APIField("wishes", .list(.wish), "revocations and withdrawals that were asked for"),
                APIField("publications", .list(.publication), "where others find it"),
                APIField("delivery", .deliveryReading, "how it stood at Intune and on devices when that was last read"),
            ], isClosed: false))
}
