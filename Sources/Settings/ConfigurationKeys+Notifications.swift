// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import MailTransport

extension ConfigurationKeys {
    static let notifications: [ProfileKey] =
        [
            ProfileKey(
                "notifications", "mapping",
                "Who is told what by mail, and by webhooks; nobody is when left out. The manual's notifications.md has the events."
            ),
            ProfileKey(
                "notifications.from", "text", isRequired: true,
                "Mail address of the sender: a mailbox of the tenant, from which the application may send (`Mail.Send`), or what the mail "
                    + "server lets send."),
            ProfileKey("notifications.fromName", "text", "The sender's name; Certway when left out."),
            ProfileKey(
                "notifications.smtp", "mapping", "A mail server; Microsoft Graph sends where this is left out."),
            ProfileKey(
                "notifications.smtp.server", "mail server", isRequired: true,
                "Its name, and its port where it is another than 587, or 465 with `tls`, such as `mail.example.org:587`."
            ),
            ProfileKey(
                "notifications.smtp.security", "word",
                "TLS from the first byte, or after STARTTLS; starttls when left out. Nothing is sent without TLS.",
                words: words(MailServer.Security.self)),
            ProfileKey("notifications.smtp.user", "text", "Whom to sign in as; nobody when left out."),
            ProfileKey("notifications.smtp.password", "secret", "The user's password."),
            ProfileKey(
                "notifications.smtp.tlsRoots", "path",
                "PEM file with the roots that alone are trusted for this server, in place of the system's."),
            ProfileKey(
                "notifications.administrators", "list of text",
                "Mail addresses of those who run the gateway.", example: "[pki@example.org]"),
            ProfileKey(
                "notifications.language", "word",
                "The language of texts; theirs when left out: German for whom the directory's `preferredLanguage` says so, English for "
                    + "others.", words: words(NotificationConfiguration.Language.self)),
            ProfileKey(
                "notifications.perMinute", "whole number", "Mails a minute at most, for each node; 60 when left out.",
                in: 1...1800),
            ProfileKey(
                "notifications.onDoubt", "word",
                "What becomes of a mail of which nobody knows whether it was sent: hold leaves it to a person, sendAgain risks that "
                    + "somebody gets it twice; hold when left out.", words: words(NotificationConfiguration.Doubt.self)),
            ProfileKey(
                "notifications.expiringDays", "whole number",
                "Days before the end of a certificate at which `expiring` is told; 14 when left out.", in: 1...90),
            ProfileKey(
                "notifications.digestHour", "whole number",
                "Hour of the day, in UTC, from which the digest of the last day is sent; 6 when left out.", in: 0...23),
            ProfileKey(
                "notifications.events", "list of mappings", "What is otherwise than usual for an event."),
            ProfileKey(
                "notifications.events[].event", "word", isRequired: true, "The event.", words: words(NoticeEvent.self)),
            ProfileKey("notifications.events[].send", "true or false", "Whether it is told; true when left out."),
            ProfileKey(
                "notifications.events[].to", "list of text",
                "`person`, `administrators`, mail addresses; the usual ones when left out.",
                example: "[person, administrators]"),
            ProfileKey(
                "notifications.events[].language", "word", "In place of `notifications.language`.",
                words: words(NotificationConfiguration.Language.self)),
        ]
        + [("en", "English"), ("de", "German")].flatMap { language, name in
            [
                ProfileKey(
                    "notifications.events[].\(language)", "mapping", "The \(name) words in place of the usual ones."),
                ProfileKey(
                    "notifications.events[].\(language).subject", "text", isRequired: true,
                    "The subject; `{{names}}` of the event are filled in."),
                ProfileKey(
                    "notifications.events[].\(language).text", "text", isRequired: true, "The text, in the same way."),
            ]
        } + [
            ProfileKey("notifications.webhooks", "list of mappings", "Programs that are told, too."),
            ProfileKey("notifications.webhooks[].name", "text", isRequired: true, "Name, for lists."),
            ProfileKey(
                "notifications.webhooks[].url", "address", isRequired: true,
                "Where each event is sent by POST; https, or http on this machine. Redirects are not followed."),
            ProfileKey(
                "notifications.webhooks[].secret", "secret", isRequired: true,
                "Key of the signature (HMAC with SHA-256)."),
            ProfileKey(
                "notifications.webhooks[].events", "list of words", "Which events; all when left out.",
                words: words(NoticeEvent.self)),
            ProfileKey(
                "notifications.webhooks[].tlsRoots", "path",
                "PEM file with the roots that alone are trusted for it, in place of the system's."),
        ]
}
