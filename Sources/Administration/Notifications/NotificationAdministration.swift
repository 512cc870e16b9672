// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Gateway
public import JSONDocuments
import Ledger
public import MailTransport
public import Notification
import Records
public import Settings
public import Store

/// Who is told what, in which words, and what became of it.
public struct NotificationAdministration: Sendable {
    let gateway: Gateway
    private let caller: Caller
    private var now: Date { gateway.ledger.clock.now() }

    public init(_ gateway: Gateway, caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// Every event as it is told now.
    ///
    /// - Throws: `Diagnostics` for texts that cannot be used.
    public func events() throws -> [JSONValue] {
        let texts = try gateway.noticeTexts()
        return NoticeEvent.allCases.map { json($0, texts) }
    }

    public func event(_ event: NoticeEvent) throws -> JSONValue { json(event, try gateway.noticeTexts()) }

    private func json(_ event: NoticeEvent, _ texts: NoticeTexts) -> JSONValue {
        let configuration = gateway.configuration.notifications
        let own = configuration?.event(event) ?? .init(event)
        var words: [String: JSONValue] = [:]
        for language in NoticeTexts.languages {
            let wording = texts.wording(event, language, configuration)
            words[language] = [
                "subject": .string(wording.subject.source), "text": .string(wording.text.source),
                "own": .bool(own.wordings[language] != nil),
            ]
        }
        return [
            "event": .string(event.rawValue), "meaning": .string(event.meaning),
            "send": .bool(configuration != nil && own.isSent),
            "to": JSONValue((own.to ?? event.usualRecipients).map(\.text)),
            "usually": JSONValue(event.usualRecipients.map(\.text)),
            "language": .string((own.language ?? configuration?.language ?? .theirs).rawValue),
            "placeholders": JSONValue(event.placeholders), "texts": .object(words),
        ]
    }

    /// Says otherwise of one event; everything else of the configuration stays. What is not named is as usual.
    ///
    /// - Parameter wish: `send`, `to`, `language`, `texts` with `subject` and `text` by language.
    /// - Throws: `Diagnostics` for unknown placeholders and the like; `SettingsError` without section `notifications`;
    ///   `AccessDenied`.
    public func change(_ event: NoticeEvent, to wish: JSONValue, isDryRun: Bool) async throws -> ConfigurationResult {
        var section = try await section()
        var entry: [String: JSONValue] = ["event": .string(event.rawValue)]
        for key in ["send", "to", "language"] { if let value = wish[key], !value.isNull { entry[key] = value } }
        for language in NoticeTexts.languages { if let words = wish["texts"]?[language] { entry[language] = words } }
        var others = (section["events"]?.array ?? []).filter { $0["event"]?.string != event.rawValue }
        if entry.count > 1 { others.append(.object(entry)) }
        section["events"] = .array(others)
        return try await apply(section, "notifications.\(event.rawValue)", isDryRun: isDryRun)
    }

    /// The section as it is stored.
    ///
    /// - Throws: `SettingsError` without one: who sends is no question of one event or program.
    func section() async throws -> [String: JSONValue] {
        _ = try gateway.notifications
        return try await gateway.ledger.documents().first { $0.kind == "notifications" }?.body.object ?? [:]
    }

    /// - Parameter name: as which mistakes name it.
    func apply(_ section: [String: JSONValue], _ name: String, isDryRun: Bool) async throws -> ConfigurationResult {
        // JSON is YAML: the one way in which configuration is checked and stored.
        let document: JSONValue = ["notifications": .object(section)]
        return try await ConfigurationAdministration(gateway.home, gateway.profiles, caller: caller).apply(
            document.text, file: name, prunes: false, isDryRun: isDryRun)
    }

    /// A mail as somebody would get it now, with values of their own where there are some and examples elsewhere.
    ///
    /// - Parameters:
    ///   - person: a user principal name; nil for somebody made up.
    ///   - wording: to be tried in place of what is configured.
    /// - Throws: `SettingsError` for nobody of that name, for a name in the wording that may not stand there, or without section
    ///   `notifications`.
    public func preview(
        _ event: NoticeEvent, for person: String?, language: String?, wording: NotificationConfiguration.Wording? = nil
    ) async throws -> MailMessage {
        let names = (wording?.subject.names ?? []) + (wording?.text.names ?? [])
        if let unknown = names.first(where: { !event.placeholders.contains($0) }) {
            throw SettingsError(
                "\(event.rawValue) has no placeholder {{\(unknown)}}: it has \(event.placeholders.joined(separator: ", "))"
            )
        }
        let found = try await person.asyncMap { name in
            guard let found = try await gateway.store.mirror.people(named: name).first else {
                throw SettingsError("the directory has nobody called \(name)")
            }
            return found
        }
        let values = NoticeExample.values(event, at: now, found.map(\.smtpAddresses) ?? [])
        return try gateway.noticeDesk().preview(
            event, values: values, to: found?.mail ?? found?.userPrincipalName ?? example(of: event),
            name: found?.displayName ?? (isForPeople(event) ? "Ada Lovelace" : ""),
            language: language ?? NoticeTexts.language(for: found?.preferredLanguage),
            isFixed: language != nil, wording: wording)
    }

    /// Whether the event is told to people of the directory.
    private func isForPeople(_ event: NoticeEvent) -> Bool {
        (gateway.configuration.notifications?.event(event).to ?? event.usualRecipients).contains(.person)
    }

    /// To whom an example goes: a mail for administrators is addressed to one of them.
    private func example(of event: NoticeEvent) -> String {
        let administrator = isForPeople(event) ? nil : gateway.configuration.notifications?.administrators.first
        return administrator ?? "ada@example.org"
    }

    /// Sends an example at once, in the way that notices go.
    ///
    /// - Throws: `MailError` with what the server said; as `preview`; `AccessDenied`.
    public func test(_ event: NoticeEvent, to address: String, language: String?, isDryRun: Bool) async throws
        -> MailMessage
    {
        let wish = Entrance.Wish(
            .sendNotice, AuditObject(.notice, "test of \(event.rawValue)"), because: "to \(address)")
        return try await Entrance(caller, gateway.ledger.audit).pass(
            .configure, to: wish, isDryRun ? .byTheUseCase : .all
        ) {
            guard MailAddress(address) != nil else {
                throw SettingsError("expected a mail address, found \"\(address.prefix(120))\"")
            }
            let values = NoticeExample.values(event, at: now, [address])
            var message = try gateway.noticeDesk().preview(
                event, values: values, to: address, name: "", language: language ?? "en", isFixed: language != nil)
            // Whoever gets it must not take it for news; both languages, for the mailbox may be anybody's.
            message.subject = "[Test] \(message.subject)"
            message.text =
                "This is a test: nothing has happened. / Dies ist eine Probe: es ist nichts geschehen.\n\n\(message.text)"
            guard !isDryRun else { return message }
            do { try await gateway.mailSender().send(message) } catch let error as MailError {
                throw SettingsError("the test was not sent: \(error.message)", at: .state)
            }
            try await gateway.ledger.audit.record(
                AuditEntry(
                    .sendNotice, AuditObject(.notice, "test of \(event.rawValue)"), by: AuditActor(named: caller.name),
                    reason: "to \(address)"))
            return message
        }
    }

    /// What lies in the outbox.
    ///
    /// - Parameter webhook: only what is for the program of this name.
    public func list(
        states: Set<NoticeState>? = nil, event: NoticeEvent? = nil, webhook: String? = nil,
        _ request: ListRequest = ListRequest()
    ) async throws -> ListPage<Notice> {
        try await gateway.notices.list(
            states: states, event: event, recipient: webhook.map(NoticeRecipient.webhook), request)
    }

    /// Sends again what was given up or may have been sent.
    ///
    /// - Parameter id: or its beginning.
    /// - Throws: `SettingsError` for none of that id, `LedgerError.notPossible` for one in another state; `AccessDenied`.
    public func sendAgain(_ id: String, isDryRun: Bool) async throws -> Notice {
        let wish = Entrance.Wish(.sendNotice, AuditObject(.notice, id))
        return try await Entrance(caller, gateway.ledger.audit).pass(
            .configure, to: wish, isDryRun ? .byTheUseCase : .all
        ) {
            guard let notice = try await gateway.notices.notice(id) else {
                throw SettingsError("there is no notice \(id), or several begin like that")
            }
            try notice.requireSendable()
            guard !isDryRun else { return notice }
            try await gateway.notices.sendAgain(notice, at: now)
            try await gateway.ledger.audit.record(
                AuditEntry(
                    .sendNotice, AuditObject(.notice, notice.id), by: AuditActor(named: caller.name),
                    reason: "\(notice.event.rawValue) of \(notice.about), which was \(notice.state.rawValue)"))
            return try await gateway.notices.notice(notice.id) ?? notice
        }
    }
}

extension MailMessage {
    /// As commands and API show it.
    public var json: JSONValue {
        [
            "from": .string(from.text), "to": .string(to.text), "subject": .string(subject), "text": .string(text),
            "event": .string(event),
        ]
    }
}

extension Optional {
    fileprivate func asyncMap<Result>(_ body: (Wrapped) async throws -> Result) async rethrows -> Result? {
        if let self { try await body(self) } else { nil }
    }
}
