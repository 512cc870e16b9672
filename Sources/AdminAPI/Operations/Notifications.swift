// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Notification
import Settings

extension APIOperation {
    private static let words = APISchema.word(NoticeEvent.allCases.map(\.rawValue))
    private static let event = APIParameter.path("event", "what people are told of", words)
    private static let language = APISchema.word(NoticeTexts.languages)
    private static let text = APISchema.body(
        APIField("subject", .text(length: 1...400)), APIField("text", .text(length: 1...20_000)))

    private static let webhookName = APIParameter.path("name", "of the program")
    private static let changed = APIResult.json(
        .answer(
            .isDryRun, APIField("changes", .list(.configurationChange)), APIField("warnings", .list(.string)),
            APIField("revision", .string, "for the next If-Match")))

    /// Who is told what.
    static let notifications = [
        APIOperation(
            "listNotifications", .get, "/notifications", tag: "Settings", "Every event that people are told of",
            permission: .readSettings, answer: .list(of: .notification)
        ) { call in try call.whole(try call.notifications.events()) },
        APIOperation(
            "getNotification", .get, "/notifications/{event}", tag: "Settings", "One event with its words",
            permission: .readSettings, parameters: [event], answer: .json(.notification)
        ) { call in
            var answer = APIAnswer.json(try call.notifications.event(try call.noticeEvent(call.path("event"))))
            answer.version = try await "\(call.gateway.revision)"
            return answer
        },
        APIOperation(
            "putNotification", .put, "/notifications/{event}", tag: "Settings",
            "Say otherwise of one event; what is left out is as usual", permission: .configure, parameters: [event],
            body: .body(
                APIField("send", .boolean, optional: true),
                APIField("to", .list(.text(length: 1...254)), optional: true),
                APIField("language", .word(["theirs"] + NoticeTexts.languages), optional: true),
                APIField(
                    "texts", .body(APIField("en", text, optional: true), APIField("de", text, optional: true)),
                    optional: true)),
            answer: changed, version: { "\(try await $0.gateway.revision)" }
        ) { call in
            try await call.changed(
                try await call.notifications.change(
                    try call.noticeEvent(call.path("event")), to: call.body ?? [:], isDryRun: call.isDryRun))
        },
        APIOperation(
            "listWebhooks", .get, "/webhooks", tag: "Settings", "Programs that are told, and what became of it",
            permission: .readSettings, answer: .list(of: .webhook)
        ) { call in try call.whole(try await call.notifications.webhooks()) },
        APIOperation(
            "putWebhook", .put, "/webhooks/{name}", tag: "Settings", "Tell a program, or say otherwise of one",
            permission: .configure, parameters: [webhookName],
            body: .body(
                APIField("url", .text(length: 1...2000), "https, or http on this machine"),
                APIField("secret", .text(length: 1...2000), "a reference, such as file:/etc/certway/webhook-secret"),
                APIField("events", .list(words, count: 0...100), "all when left out", optional: true),
                APIField("tlsRoots", .text(length: 1...2000), "PEM file on the gateway", optional: true)),
            answer: changed, version: { "\(try await $0.gateway.revision)" }
        ) { call in
            try await call.changed(
                try await call.notifications.changeWebhook(
                    call.path("name"), to: call.body ?? [:], isDryRun: call.isDryRun))
        },
        APIOperation(
            "deleteWebhook", .delete, "/webhooks/{name}", tag: "Settings", "Tell a program nothing any more",
            permission: .configure, parameters: [webhookName], answer: changed,
            version: { "\(try await $0.gateway.revision)" }
        ) { call in
            try await call.changed(
                try await call.notifications.changeWebhook(call.path("name"), to: nil, isDryRun: call.isDryRun))
        },
        APIOperation(
            "previewNotification", .post, "/notification-previews", tag: "Settings",
            "A mail as somebody would get it; nothing is sent", permission: .readSettings,
            body: .body(
                APIField("event", words), APIField("user", .text(length: 1...320), optional: true),
                APIField("language", language, optional: true),
                APIField("subject", .text(length: 1...400), optional: true),
                APIField("text", .text(length: 1...20_000), optional: true)), answer: .json(.mail)
        ) { call in
            let body = call.body
            var wording: NotificationConfiguration.Wording?
            if let subject = body?["subject"]?.string, let text = body?["text"]?.string {
                wording = .init(subject: NoticeText(subject), text: NoticeText(text))
            }
            return .json(
                try await call.notifications.preview(
                    try call.noticeEvent(body?["event"]?.string ?? ""), for: body?["user"]?.string,
                    language: body?["language"]?.string, wording: wording
                ).json)
        },
        APIOperation(
            "sendTestMail", .post, "/test-mails", tag: "Settings", "Send an example at once", permission: .configure,
            body: .body(
                APIField("event", words), APIField("to", .text(length: 3...254)),
                APIField("language", language, optional: true)), answer: .json(.mail)
        ) { call in
            .json(
                try await call.notifications.test(
                    try call.noticeEvent(call.body?["event"]?.string ?? ""), to: call.body?["to"]?.string ?? "",
                    language: call.body?["language"]?.string, isDryRun: call.isDryRun
                ).json)
        },
        APIOperation(
            "listNotices", .get, "/notices", tag: "Settings", "What was told, and what is to be told",
            permission: .readSettings,
            parameters: [
                .anyOf("state", "only these states", .word(NoticeState.allCases.map(\.rawValue))),
                .query("event", "only this event", words),
                .query("webhook", "only what is for the program of this name"),
            ], answer: .list(of: .notice, sorts: [("posted", "posted"), ("changed", "changed")])
        ) { call in
            let states = call.texts("state").compactMap(NoticeState.init)
            return try call.page(
                try await call.notifications.list(
                    states: states.isEmpty ? nil : Set(states), event: call.text("event").flatMap(NoticeEvent.init),
                    webhook: call.text("webhook"),
                    try call.listRequest())
            ) { $0.json }
        },
        APIOperation(
            "sendNoticeAgain", .post, "/notices/{id}/sendings", tag: "Settings",
            "Send again what was given up or may have been sent", permission: .configure,
            parameters: [.path("id", "id of the notice, or its beginning")], answer: .json(.notice)
        ) { call in
            .json(try await call.notifications.sendAgain(call.path("id"), isDryRun: call.isDryRun).json)
        },
    ]
}

extension APICall {
    fileprivate var notifications: NotificationAdministration {
        NotificationAdministration(gateway, caller: caller)
    }

    fileprivate func changed(_ result: ConfigurationResult) async throws -> APIAnswer {
        let revision = try await "\(gateway.revision)"
        return .json(
            [
                "dryRun": .bool(isDryRun), "changes": result.json, "warnings": JSONValue(result.warnings),
                "revision": .string(revision),
            ], version: revision)
    }

    fileprivate func noticeEvent(_ word: String) throws -> NoticeEvent {
        guard let event = NoticeEvent(rawValue: word) else {
            throw APIProblem.notFound("there is no event of that name")
        }
        return event
    }
}

extension APISchema {
    static let notification = APISchema.named(
        "Notification",
        .answer(
            APIField("event", .string), APIField("meaning", .string), APIField("send", .boolean),
            APIField("to", .list(.string)), APIField("usually", .list(.string)), APIField("language", .string),
            APIField("placeholders", .list(.string)),
            APIField(
                "texts",
                .map(
                    .answer(
                        APIField("subject", .string), APIField("text", .string),
                        APIField("own", .boolean, "whether the configuration says them"))), "by language")))

    static let webhook = APISchema.named(
        "Webhook",
        .answer(
            APIField("name", .string), APIField("url", .string), APIField("secret", .string, "a reference"),
            APIField("events", .nullable(.list(.string)), "null for all"), APIField("tlsRoots", .nullable(.string)),
            APIField("waiting", .count, "what it is still to be told"),
            APIField("last", .nullable(notice), "what it was told last, or was to be")))

    static let notice = APISchema.named(
        "Notice",
        .answer(
            APIField("id", .string), APIField("event", .string), APIField("about", .string),
            APIField("recipient", .string), APIField("state", .string), APIField("postedAt", .time),
            APIField("changedAt", .time), APIField("dueAt", .nullable(.time)), APIField("attempts", .count),
            APIField("address", .nullable(.string)), APIField("detail", .nullable(.string))))

    static let mail = APISchema.named(
        "Mail",
        .answer(
            APIField("from", .string), APIField("to", .string), APIField("subject", .string),
            APIField("text", .string), APIField("event", .string)))
}
