// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
public import MailTransport

/// Section `notifications`: who is told what, how and in which words.
public struct NotificationConfiguration: Sendable, Hashable {
    /// The mail server; without one, mails go through Microsoft Graph.
    public struct Server: Sendable, Hashable {
        public var host: String
        public var port: Int
        public var security: MailServer.Security
        public var user: String?
        public var password: SecretReference?
        /// PEM file with the roots that alone are trusted.
        public var tlsRoots: String?
    }

    public enum Language: String, Sendable, CaseIterable {
        /// German for whom the directory says so, English for everybody else.
        case theirs
        case en, de
    }

    /// What becomes of a mail of which nobody knows whether it was sent.
    public enum Doubt: String, Sendable, CaseIterable { case hold, sendAgain }

    /// Somebody for whom an event is.
    public enum Recipient: Sendable, Hashable {
        case person, administrators
        case address(String)

        public var text: String {
            switch self {
            case .person: "person"
            case .administrators: "administrators"
            case .address(let address): address
            }
        }
    }

    /// A subject and a text in one language.
    public struct Wording: Sendable, Hashable {
        public var subject: NoticeText
        public var text: NoticeText

        public init(subject: NoticeText, text: NoticeText) { (self.subject, self.text) = (subject, text) }
    }

    /// What is said otherwise of one event.
    public struct Event: Sendable, Hashable {
        public var event: NoticeEvent
        public var isSent = true
        /// nil: the usual ones.
        public var to: [Recipient]?
        public var language: Language?
        /// By language, `en` and `de`.
        public var wordings: [String: Wording] = [:]

        public init(_ event: NoticeEvent) { self.event = event }
    }

    /// A program that is told by HTTPS.
    public struct Webhook: Sendable, Hashable {
        public var name: String
        public var url: String
        public var secret: SecretReference
        /// nil: all.
        public var events: [NoticeEvent]?
        /// PEM file with the roots that alone are trusted.
        public var tlsRoots: String?
    }

    /// The sender: a mailbox of the tenant, or whatever the mail server lets send.
    public var from: String
    public var fromName = "Certway"
    public var server: Server?
    public var administrators: [String] = []
    public var language = Language.theirs
    /// Mails a minute at most.
    public var perMinute = 60
    public var doubt = Doubt.hold
    /// Days before the end of a certificate.
    public var expiringDays = 14
    /// Hour of the day, UTC.
    public var digestHour = 6
    public var events: [Event] = []
    public var webhooks: [Webhook] = []

    public func event(_ event: NoticeEvent) -> Event { events.first { $0.event == event } ?? Event(event) }

    /// For whom an event is.
    public func recipients(of event: NoticeEvent) -> [Recipient] { self.event(event).to ?? event.usualRecipients }
}

extension NoticeEvent {
    /// For whom it is where the configuration says nothing.
    public var usualRecipients: [NotificationConfiguration.Recipient] {
        switch self {
        case .issued, .waiting, .expiring, .renewed, .revoked, .recovered, .handedOver, .handOverFile, .requestDecided,
            .requestIssued, .requestExpiring:
            [.person]
        // Its mailbox is that of handOver.byMail.
        case .handOverPassword: []
        case .failed, .incident, .requestReminder, .digest: [.administrators]
        }
    }
}
