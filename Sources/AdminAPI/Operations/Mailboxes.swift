// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import KeyHoldings

extension APIOperation {
    private static let address = APIParameter.path("mailbox", "address or object id")
    private static let upn = APIParameter.path("upn", "user principal name, address or object id")

    /// Shared mailboxes, and which keys are on whose devices.
    static let mailboxes = [
        APIOperation(
            "listMailboxes", .get, "/mailboxes", tag: "Mailboxes",
            "Shared mailboxes, who may open them, and the keys that are with them", permission: .readPeople,
            answer: .list(of: .mailbox)
        ) { call in
            try call.whole(try await call.mailboxes.list().map(\.json))
        },
        APIOperation(
            "getMailbox", .get, "/mailboxes/{mailbox}", tag: "Mailboxes", "One shared mailbox",
            permission: .readPeople, parameters: [address], answer: .json(.mailbox)
        ) { call in
            .json(try await call.mailboxes.mailbox(call.path("mailbox")).json)
        },
        APIOperation(
            "releaseMailbox", .post, "/mailboxes/{mailbox}/releases", tag: "Mailboxes",
            "Say that nobody may open a mailbox any more, whose list of people came back empty",
            permission: .grantException, parameters: [address], body: .body(.because), answer: .json(.mailbox),
            repeats: .keyRequired
        ) { call in
            .json(
                try await call.mailboxes.release(
                    call.path("mailbox"), because: try call.sentence(), isDryRun: call.isDryRun
                ).json)
        },
        APIOperation(
            "getKeyHistory", .get, "/people/{upn}/keys", tag: "People",
            "Which keys a person is to have on devices, which are there, and why", permission: .readPeople,
            parameters: [upn], answer: .json(.keyHistory)
        ) { call in
            .json(try await call.keyHistory.history(call.path("upn")).json)
        },
        APIOperation(
            "redeliverKeys", .post, "/people/{upn}/key-deliveries", tag: "People",
            "Deliver all keys again that a person is to have on devices", permission: .redeliver, parameters: [upn],
            answer: .json(.keyHistory)
        ) { call in
            .json(try await call.keyHistory.redeliver(call.path("upn"), isDryRun: call.isDryRun).json)
        },
        APIOperation(
            "listCertificateHolders", .get, "/certificates/{number}/holders", tag: "Certificates",
            "On whose devices the key of a certificate is to be, and is", permission: .readCertificates,
            parameters: [.number("number", "of the ledger")], answer: .json(.keyHistory)
        ) { call in
            let record = try await call.certificate
            return .json(try await call.keyHistory.holders(ofCertificate: record.id).json)
        },
        APIOperation(
            "listOwnKeys", .get, "/my/keys", tag: "My", "Keys that are to be on my devices, and those that are",
            permission: .readOwn, answer: .json(.keyHistory)
        ) { call in
            .json(try await call.keyHistory.own().json)
        },
    ]
}

extension APICall {
    fileprivate var mailboxes: MailboxAdministration { MailboxAdministration(gateway.store, caller: caller) }
    fileprivate var keyHistory: KeyHistoryAdministration { KeyHistoryAdministration(gateway.store, caller: caller) }
}

extension APISchema {
    static let keyHolding = APISchema.named(
        "KeyHolding",
        .answer(
            APIField("serialNumber", .string), APIField("template", .string), APIField("stage", .string),
            APIField("userPrincipalName", .string, "with whom it is, or is to be"), APIField("personID", .string),
            APIField(
                "mailbox", .nullable(.string), "address of the mailbox whose key it is; null for the person's own"),
            APIField("wanted", .boolean), APIField("state", .word(KeyHolding.State.allCases.map(\.rawValue))),
            APIField("notBefore", .time), APIField("notAfter", .time), APIField("since", .time),
            APIField("deliveredAt", .nullable(.time)), APIField("nextActionAt", .nullable(.time)),
            APIField("problem", .nullable(.string), "why it is not as it should be, and what to do"),
            APIField("remark", .nullable(.string), "what there is to know where nothing is wrong")))

    public static let keyHistory = APISchema.named(
        "KeyHistory",
        .answer(
            APIField("id", .string), APIField("userPrincipalName", .string), APIField("keys", .list(keyHolding)),
            APIField("gaps", .count, "keys that are to be on devices and are not"),
            APIField("withoutCopy", .count, "keys that cannot be delivered again, because no copy is kept")))

    public static let mailbox = APISchema.named(
        "Mailbox",
        .answer(
            APIField("id", .string), APIField("address", .string), APIField("displayName", .string),
            APIField("present", .boolean), APIField("readAt", .nullable(.time)),
            APIField("problem", .nullable(.string)),
            APIField(
                "people",
                .list(
                    .answer(
                        APIField("id", .string), APIField("userPrincipalName", .string),
                        APIField("rights", .list(.string)),
                        APIField("via", .string, "groups by which the person may; empty for a right of one's own"),
                        APIField("since", .time)))),
            APIField("keys", .list(keyHolding))))
}
