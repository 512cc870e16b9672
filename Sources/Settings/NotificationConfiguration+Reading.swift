// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTransport
import YAMLDocuments

extension NotificationConfiguration {
    /// Reads section `notifications`, and notes what is wrong in it.
    init(_ reader: MappingReader) {
        defer { reader.finish(known: ConfigurationKeys.names(in: "notifications")) }
        from = reader.requiredString("from")
        if !from.isEmpty, MailAddress(from) == nil { reader.add("from", Self.expected(from)) }
        fromName = reader.string("fromName") ?? fromName
        server = reader.mapping("smtp").map(Self.server)
        administrators = Self.addresses(reader, "administrators")
        language = reader.choice("language", of: Language.self) ?? language
        perMinute = reader.int("perMinute", in: Self.range("perMinute")) ?? perMinute
        doubt = reader.choice("onDoubt", of: Doubt.self) ?? doubt
        expiringDays = reader.int("expiringDays", in: Self.range("expiringDays")) ?? expiringDays
        digestHour = reader.int("digestHour", in: Self.range("digestHour")) ?? digestHour
        for own in reader.mappings("events") {
            guard let event = Self.event(own) else { continue }
            if events.contains(where: { $0.event == event.event }) {
                own.add("event", "\(event.event.rawValue) stands twice in events")
            }
            events.append(event)
        }
        for own in reader.mappings("webhooks") {
            let hook = Self.webhook(own)
            if webhooks.contains(where: { $0.name == hook.name }) {
                own.add("name", "\"\(hook.name)\" stands twice in webhooks")
            }
            webhooks.append(hook)
        }
    }

    private static func range(_ key: String) -> ClosedRange<Int> {
        ConfigurationKeys.all.range(of: "notifications.\(key)")
    }

    static func expected(_ found: String) -> String {
        "expected a mail address such as certway@example.org, found \"\(found.prefix(120))\""
    }

    private static func addresses(_ reader: MappingReader, _ key: String) -> [String] {
        (reader.list(key) ?? []).compactMap { element in
            guard let text = element.node.string(at: element.path, reader.collector) else { return nil }
            if MailAddress(text) == nil { reader.collector.add(element.node, element.path, expected(text)) }
            return text
        }
    }

    private static func server(_ reader: MappingReader) -> Server {
        defer { reader.finish(known: ConfigurationKeys.names(in: "notifications.smtp")) }
        let security = reader.choice("security", of: MailServer.Security.self) ?? .starttls
        let text = reader.requiredString("server")
        var (host, port) = (text, security == .tls ? 465 : 587)
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            host = String(text[..<colon])
            let number = Int(text[text.index(after: colon)...])
            if let number, (1...65535).contains(number) {
                port = number
            } else {
                reader.add("server", "expected a port from 1 to 65535 behind the colon, found \"\(text.prefix(120))\"")
            }
        }
        if host.hasPrefix("[") { host = String(host.dropFirst().dropLast()) }
        if host.contains(where: { $0.isWhitespace || "/@?#".contains($0) }) {
            reader.add(
                "server", "expected a name and a port, such as mail.example.org:587, found \"\(text.prefix(120))\"")
        }
        let user = reader.string("user")
        let password = reader.reference("password")
        if (user == nil) != (password == nil), !reader.has("user") || !reader.has("password") {
            reader.add(user == nil ? "user" : "password", "user and password belong together: one of them is missing")
        }
        return Server(
            host: host, port: port, security: security, user: user, password: password,
            tlsRoots: reader.string("tlsRoots"))
    }

    private static func event(_ reader: MappingReader) -> Event? {
        defer { reader.finish(known: ConfigurationKeys.names(in: "notifications.events[]")) }
        guard reader.requiredNode("event") != nil, let name = reader.choice("event", of: NoticeEvent.self) else {
            return nil
        }
        var event = Event(name)
        event.isSent = reader.bool("send") ?? true
        event.language = reader.choice("language", of: Language.self)
        if reader.has("to"), name.carriesKey {
            reader.add(
                "to", "\(name.rawValue) carries a key or a password: it goes to the one it was made for alone",
                hint: "leave it out; handOver.byMail.passwordTo names the mailbox for passwords")
        }
        if reader.has("to") {
            event.to = (reader.list("to") ?? []).compactMap { element in
                guard let text = element.node.string(at: element.path, reader.collector) else { return nil }
                switch text {
                case "person": return .person
                case "administrators": return .administrators
                default:
                    if MailAddress(text) == nil {
                        reader.collector.add(
                            element.node, element.path,
                            "expected person, administrators or a mail address, found \"\(text.prefix(120))\"",
                            hint: suggestion(for: text, in: ["person", "administrators"]))
                    }
                    return .address(text)
                }
            }
        }
        for language in ["en", "de"] {
            guard let own = reader.mapping(language) else { continue }
            defer { own.finish(known: ConfigurationKeys.names(in: "notifications.events[].\(language)")) }
            event.wordings[language] = Wording(
                subject: NoticeText.read(own, "subject", for: name), text: NoticeText.read(own, "text", for: name))
        }
        return event
    }

    private static func webhook(_ reader: MappingReader) -> Webhook {
        defer { reader.finish(known: ConfigurationKeys.names(in: "notifications.webhooks[]")) }
        let url = reader.requiredString("url")
        if !url.isEmpty, !Webhook.isAllowed(url) {
            reader.add(
                "url", "expected an address that begins with https://, without a user, found \"\(url.prefix(120))\"",
                hint: "plain http is for this machine alone: http://127.0.0.1, http://[::1]")
        }
        let name = reader.requiredString("name")
        if name.wholeMatch(of: /[A-Za-z0-9._-]{0,60}/) == nil {
            reader.add("name", "expected at most 60 letters, digits, dots, dashes, found \"\(name.prefix(120))\"")
        }
        let events = (reader.list("events") ?? []).compactMap { element in
            element.node.choice(at: element.path, of: NoticeEvent.self, reader.collector)
        }
        return Webhook(
            name: name, url: url,
            secret: reader.requiredNode("secret").flatMap { _ in reader.reference("secret") } ?? .unset,
            events: reader.has("events") ? events : nil, tlsRoots: reader.string("tlsRoots"))
    }
}

extension NotificationConfiguration.Webhook {
    /// Whether something may be sent there: over TLS, or on this machine.
    public static func isAllowed(_ url: String) -> Bool {
        // Lines and blanks would be escaped in silence, and lead elsewhere than was meant.
        guard url.unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) }),
            let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty, parts.user == nil,
            parts.password == nil, parts.fragment == nil, parts.port.map((1...65535).contains) ?? true,
            host.wholeMatch(of: /[A-Za-z0-9._\-]+|\[?[0-9A-Fa-f:.]+\]?/) != nil
        else { return false }
        return parts.scheme == "https" || parts.scheme == "http" && ["127.0.0.1", "[::1]", "::1"].contains(host)
    }
}

extension NoticeText {
    /// A text whose names are known for an event; others are noted with the nearest one.
    public static func read(_ reader: MappingReader, _ key: String, for event: NoticeEvent) -> NoticeText {
        let text = NoticeText(reader.requiredString(key))
        if key == "subject", text.source.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            reader.add(key, "expected one line without control characters (RFC 5322)")
        }
        if let secret = event.secretPlaceholder, (key == "text") != text.names.contains(secret) {
            reader.add(
                key,
                key == "text"
                    ? "{{\(secret)}} is missing, for which this mail is sent"
                    : "{{\(secret)}} stands in the text alone: subjects are shown and logged")
        }
        for name in text.names where !event.placeholders.contains(name) {
            reader.add(
                key,
                name.isEmpty
                    ? "{{ without a name, or without }}" : "\(event.rawValue) has no placeholder {{\(name)}}",
                hint: suggestion(for: name, in: event.placeholders))
        }
        return text
    }
}
