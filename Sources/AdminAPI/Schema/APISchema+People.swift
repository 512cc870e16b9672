// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import DeliveryProof
import Ledger
import Planning

extension APISchema {
    public static let standing = APISchema.named(
        "Standing",
        .answer(
            APIField("template", .string), APIField("id", .string), APIField("userPrincipalName", .string),
            APIField("status", .word(PersonStatus.allCases.map(\.rawValue))), APIField("reason", .string),
            APIField("concern", .nullable(.string)),
            APIField(
                "replacement", .nullable(.word(Replacement.allCases.map(\.rawValue))),
                "of a certificate in use: how the order stands that is to take its place"),
            APIField("order", .nullable(.string)),
            APIField("backendCA", .nullable(.string)), APIField("serialNumber", .nullable(.string)),
            APIField("notAfter", .nullable(.time)), APIField("withdrawal", .nullable(.string))))

    public static let person = APISchema.named(
        "Person",
        .answer(
            APIField("id", .string, "object id"), APIField("userPrincipalName", .string),
            APIField("displayName", .nullable(.string)), APIField("addresses", .list(.string)),
            APIField("accountEnabled", .nullable(.boolean)), APIField("templates", .list(.standing))))

    private static let orderOfAnswer = APISchema.named(
        "OrderOfAnswer",
        .answer(
            APIField("reference", .string), APIField("stage", .word(OrderStage.allCases.map(\.rawValue))),
            APIField("backendCA", .string), APIField("product", .string), APIField("waitingFor", .nullable(.string)),
            APIField("held", .boolean), APIField("detail", .nullable(.string)),
            APIField("nextActionAt", .nullable(.time))))

    private static let certificateOfAnswer = APISchema.named(
        "CertificateOfAnswer",
        .answer(
            APIField("serialNumber", .string), APIField("backendCA", .string), APIField("notAfter", .time),
            APIField("status", .word(CertificateStatus.allCases.map(\.rawValue))),
            APIField("emailAddresses", .list(.string))))

    public static let personAnswer = APISchema.named(
        "PersonAnswer",
        .answer(
            APIField("userPrincipalName", .string), APIField("id", .string),
            APIField("displayName", .nullable(.string)), APIField("addresses", .list(.string)),
            APIField(
                "templates",
                .list(
                    .answer(
                        APIField("template", .string), APIField("why", .list(.string)),
                        APIField("status", .nullable(.string)), APIField("concern", .nullable(.string)),
                        APIField(
                            "delivery", .nullable(.word(DeliveryStanding.allCases.map(\.rawValue))),
                            "how the certificate stands on devices, as it was read last"),
                        APIField(
                            "order", .nullable(.orderOfAnswer), "the open one, else that of the certificate in use"),
                        APIField("certificate", .nullable(.certificateOfAnswer)),
                        APIField("exception", .nullable(.exceptionTerms))))),
            APIField("keys", .list(.keyHolding), "that are, or are to be, on the person's devices")))

    public static let policy = APISchema.named(
        "Policy",
        .answer(
            APIField("name", .string), APIField("group", .string), APIField("nested", .boolean),
            APIField("templates", .list(.string))))

    public static let policyMember = APISchema.named(
        "PolicyMember",
        .answer(
            APIField("id", .string), APIField("userPrincipalName", .string), APIField("complete", .boolean),
            APIField("templates", .map(.standing))))
}
