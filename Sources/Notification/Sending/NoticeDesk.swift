// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Directory
public import Foundation
public import HTTPTransport
import JSONDocuments
public import MailTransport
public import PKIX
public import Sentences
public import Settings
public import Store

/// Sends what lies in the outbox, each once (docs/decisions/0050): a notice is claimed right before it leaves and written down right
/// after; of one whose node has ended in between nobody knows, and it is not sent again by itself.
public struct NoticeDesk: Sendable {
    /// How long a node has a notice. Longer than any sending takes.
    private static let lease: TimeInterval = 300
    /// After this long nobody needs to be told any more.
    public static let patience: TimeInterval = 3 * 86_400
    /// Pauses between attempts, in seconds; the last one stays.
    private static let pauses: [TimeInterval] = [60, 300, 900, 3600, 4 * 3600, 12 * 3600]

    let database: any SQLDatabase
    let mirror: DirectoryMirror
    let configuration: NotificationConfiguration
    let texts: NoticeTexts
    let sentences: SentenceBooks
    let sender: any MailSender
    let http: any HTTPClient
    let sealingKey: SealingKey
    /// The store's.
    let clock: any ConnectorClock
    let owner: String
    /// What stands for `{{gateway}}`.
    let gateway: String
    /// Looks once more whether a mail that carries a key, or what opens one, may leave for an address; throws where it must not, or not now.
    let lookAgain: LookAgain

    public typealias LookAgain = @Sendable (_ notice: Notice, _ address: String) async throws(MailError) -> Void
    /// Why what a notice tells of is over, so that no person is told; nil where it is not.
    let isOver: @Sendable (Notice) async throws -> String?

    public init(
        database: any SQLDatabase, mirror: DirectoryMirror, configuration: NotificationConfiguration,
        texts: NoticeTexts, sentences: SentenceBooks = .none, sender: any MailSender, http: any HTTPClient,
        sealingKey: SealingKey,
        clock: any ConnectorClock, owner: String, gateway: String,
        isOver: @escaping @Sendable (Notice) async throws -> String? = { _ in nil },
        lookAgain: @escaping LookAgain = { _, _ throws(MailError) in
            throw MailError(.refused, "nobody has looked whether it may leave")
        }
    ) {
        (self.database, self.mirror, self.configuration) = (database, mirror, configuration)
        (self.texts, self.sentences) = (texts, sentences)
        (self.sender, self.http, self.sealingKey) = (sender, http, sealingKey)
        (self.clock, self.owner, self.gateway) = (clock, owner, gateway)
        (self.isOver, self.lookAgain) = (isOver, lookAgain)
    }

    /// Works on the next notice that is due.
    ///
    /// - Returns: what became of it, and whether a mail or message left; nil when nothing is due.
    /// - Throws: `StoreError`.
    public func next() async throws -> Notice.Outcome? {
        let now = clock.now()
        let due = try await database.read { connection in
            try NoticeTable(connection: connection).all(
                "WHERE due_at <= ? ORDER BY due_at, posted_at, id \(connection.dialect.page(8, 0))", [SQLValue(now)])
        }
        for notice in due {
            if let outcome = try await work(notice) { return outcome }
        }
        return nil
    }

    /// - Returns: nil where somebody else was first.
    private func work(_ notice: Notice) async throws -> Notice.Outcome? {
        let isProgram = if case .webhook = notice.recipient { true } else { false }
        if notice.state == .sending, !isProgram, doubt(notice) == .hold {
            return try await finish(
                notice, notice.fence, .unknown, notice.address,
                "the gateway ended while it was sending this: nobody knows whether it has left")
        }
        guard configuration.event(notice.event).isSent else {
            return try await finish(
                notice, notice.fence, .dropped, nil, "\(notice.event.rawValue) is switched off")
        }
        // A program is told everything: what stands behind others has its own three days, from when its turn comes.
        let begin = isProgram ? notice.triedAt : notice.postedAt
        if let begin, begin < clock.now() - Self.patience, notice.detail != Notices.sentAgain {
            let isNew = notice.attempts == 0
            return try await finish(
                notice, notice.fence, isNew ? .dropped : .failed, notice.address,
                isNew ? "it is too old to be told" : "given up after three days: \(notice.detail ?? "")")
        }
        switch notice.recipient {
        case .configured, .administrators: return try await address(notice)
        case .webhook(let name): return try await tellProgram(notice, name)
        case .person(let id):
            try await postForPrograms(notice)
            if let reason = try await isOver(notice) { return try await drop(notice, reason) }
            return try await sendToPerson(notice, id)
        case .address(let address):
            if let reason = try await isOver(notice) { return try await drop(notice, reason) }
            return try await send(notice, to: address, name: "", language: NoticeTexts.usual)
        }
    }

    /// What was said to nobody yet need not be taken back.
    private func drop(_ notice: Notice, _ reason: String) async throws -> Notice.Outcome? {
        try await finish(notice, notice.fence, .dropped, notice.address, reason)
    }

    /// A key is not sent twice, whatever is configured.
    private func doubt(_ notice: Notice) -> NotificationConfiguration.Doubt {
        notice.event.carriesKey ? .hold : configuration.doubt
    }

    private func sendToPerson(_ notice: Notice, _ id: String) async throws -> Notice.Outcome? {
        let person = try await mirror.peopleAsMembers(ids: [id]).first?.person
        guard let person else {
            return try await finish(notice, notice.fence, .failed, nil, "the directory does not know \(id)")
        }
        guard let address = person.noticeAddress else {
            return try await finish(
                notice, notice.fence, .failed, nil, "\(person.userPrincipalName) has no mail address to write to")
        }
        return try await send(
            notice, to: address, name: person.displayName ?? "",
            language: NoticeTexts.language(for: person.preferredLanguage))
    }

    private func send(
        _ notice: Notice, to address: String, name: String, language: String
    ) async throws -> Notice.Outcome? {
        let message: MailMessage
        do throws(MailError) {
            message = try self.message(notice, to: address, name: name, language: language)
        } catch {
            return try await finish(notice, notice.fence, .failed, address, error.message)
        }
        if notice.event.carriesKey {
            do throws(MailError) {
                try await lookAgain(notice, address)
            } catch {
                return try await settle(notice, notice.fence, address, error)
            }
        }
        let claimed = try await claim(notice)
        guard let fence = claimed else { return nil }
        NoticeBoundary.noticeClaimed.pass()
        do throws(MailError) {
            try await sender.send(message)
        } catch {
            return try await settle(notice, fence, address, error)
        }
        NoticeBoundary.noticeTaken.pass()
        return try await finish(notice, fence, .sent, address, nil, hasLeft: true)
    }

    /// The mail as it would leave.
    ///
    /// - Throws: `MailError` for an address that is none, or values that do not open.
    func message(
        _ notice: Notice, to address: String, name: String, language: String
    ) throws(MailError) -> MailMessage {
        var values = notice.values
        var attachment: MailAttachment?
        if let sealed = notice.sealed {
            do {
                let secrets = try NoticeSecrets.open(sealed, of: notice.id, under: sealingKey)
                values.merge(secrets.values) { $1 }
                attachment = secrets.attachment
            } catch {
                throw MailError(.refused, "its secret values do not open: \(error)")
            }
        }
        guard (attachment != nil) == (notice.event == .handOverFile) else {
            throw MailError(.refused, "the file that it is to carry is not there")
        }
        var message = try compose(
            notice.event, id: notice.id, values: values, to: address, name: name, language: language)
        message.attachment = attachment
        return message
    }

    /// - Parameter wording: in place of what is configured.
    private func compose(
        _ event: NoticeEvent, id: String, values: [String: String], to address: String, name: String, language: String,
        isFixed: Bool = false, wording: NotificationConfiguration.Wording? = nil
    ) throws(MailError) -> MailMessage {
        guard let from = MailAddress(configuration.from), let to = MailAddress(address) else {
            throw MailError(.refused, "\(address.prefix(120)) is no address that a mail can be sent to")
        }
        var values = values
        let wished = configuration.event(event).language ?? configuration.language
        let spoken = isFixed || wished == .theirs ? language : wished.rawValue
        let wording = wording ?? texts.wording(event, spoken, configuration)
        if values["person"] == nil { values["person"] = name.isEmpty ? to.text : name }
        values["gateway"] = gateway
        let reader = sentences.reader(spoken)
        for name in NoticeEvent.worded { values[name] = values[name].map { Self.said($0, reader) } }
        return MailMessage(
            id: id, from: from, fromName: configuration.fromName, to: to, toName: name,
            subject: wording.subject.filled(with: values), text: wording.text.filled(with: values), date: clock.now(),
            event: event.rawValue)
    }

    /// What the gateway words itself, line by line, in the language of the mail.
    private static func said(_ text: String, _ reader: SentenceBooks.Reader) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let mark = line.hasPrefix("- ") ? "- " : ""
            let own = String(line.dropFirst(mark.count))
            return mark + (own.contains(" ") ? reader.said(own) : reader.said(word: own))
        }.joined(separator: "\n")
    }

    /// A mail that is not in the outbox, as it would look.
    ///
    /// - Parameters:
    ///   - isFixed: whether `language` counts whatever is configured.
    ///   - wording: in place of what is configured.
    /// - Throws: `MailError` for an address that is none.
    public func preview(
        _ event: NoticeEvent, values: [String: String], to address: String, name: String, language: String,
        isFixed: Bool, wording: NotificationConfiguration.Wording? = nil
    ) throws(MailError) -> MailMessage {
        try compose(
            event, id: UUID().uuidString.lowercased(), values: values, to: address, name: name, language: language,
            isFixed: isFixed, wording: wording)
    }

    func claim(_ notice: Notice) async throws -> Int64? {
        let (owner, now) = (owner, clock.now())
        let taken = try await database.write { connection in
            try NoticeTable(connection: connection).claim(notice, by: owner, until: now + Self.lease, at: now)
        }
        return taken ? notice.fence + 1 : nil
    }

    /// Says what becomes of a notice that was not taken.
    func settle(
        _ notice: Notice, _ fence: Int64, _ address: String, _ error: MailError
    ) async throws -> Notice.Outcome? {
        switch error.kind {
        case .refused: return try await finish(notice, fence, .failed, address, error.message, hasLeft: true)
        case .outcomeUnknown where doubt(notice) == .hold:
            return try await finish(notice, fence, .unknown, address, error.message, hasLeft: true)
        case .later, .configuration, .outcomeUnknown:
            let pause = Self.pauses[min(notice.attempts, Self.pauses.count - 1)]
            let rest = max(pause, error.retryAfter.map { $0 / .seconds(1) } ?? 0)
            return try await finish(
                notice, fence, .waiting, address, error.message, due: clock.now() + rest, hasLeft: true,
                isTrouble: error.kind == .configuration)
        }
    }

    @discardableResult
    func finish(
        _ notice: Notice, _ fence: Int64, _ state: NoticeState, _ address: String?, _ detail: String?,
        due: Date? = nil, hasLeft: Bool = false, isTrouble: Bool = false
    ) async throws -> Notice.Outcome? {
        let now = clock.now()
        let done = try await database.write { connection in
            try NoticeTable(connection: connection).finish(
                notice.id, fence: fence, state, due: due, address: address, detail,
                isForOnce: notice.event.carriesKey, at: now)
        }
        return done
            ? Notice.Outcome(
                notice: notice, state: state, detail: detail, hasLeft: hasLeft, isTrouble: isTrouble) : nil
    }
}

extension Notice {
    /// What became of a notice.
    public struct Outcome: Sendable {
        public let notice: Notice
        public let state: NoticeState
        public let detail: String?
        /// Whether a server was asked to take something.
        public let hasLeft: Bool
        /// Whether an operator has to mend something before anything is sent.
        public let isTrouble: Bool
    }
}
