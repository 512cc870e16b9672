// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Foundation
import HTTPTransport
import Ledger
import PKIX
import Settings
import Store
import TestSupport
import Testing
import YAMLDocuments

@testable import MailTransport
@testable import Notification
@testable import Sentences

@Suite struct NoticeDeskTests {
    private let clock = TestClock()
    private let post = Post()
    private let database: TestDatabase
    private let key = SealingKey.random()

    init() async throws {
        database = try await TestDatabase(OrderLedger.migrations + DirectorySchema.migrations + NoticeTables.migrations)
    }

    private static func released(_ folder: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../\(folder)").path
    }

    private func desk(
        doubt: NotificationConfiguration.Doubt = .hold, owner: String = "a",
        isOver: @escaping @Sendable (Notice) async throws -> String? = { _ in nil }
    ) throws -> NoticeDesk {
        var configuration = try ConfigurationReader.read(
            """
            notifications:
              from: certway@example.org
              smtp: {server: mail.example.org}
              administrators: [one@example.org, two@example.org]
            """, file: "test"
        ).notifications
        configuration?.doubt = doubt
        return NoticeDesk(
            database: database, mirror: DirectoryMirror(database: database),
            configuration: try #require(configuration),
            texts: try NoticeTexts.read(folders: [Self.released("notices.d")]),
            sentences: try SentenceBooks.read(folders: [Self.released("sentences.d")]), sender: post,
            http: CurlHTTPClient(), sealingKey: key, clock: clock, owner: owner, gateway: "", isOver: isOver)
    }

    private func put(_ recipient: NoticeRecipient = .administrators, secrets: NoticeSecrets? = nil) async throws {
        let now = clock.now()
        try await database.write { connection in
            try NoticeOutbox.post(
                event: .handedOver, about: "package 1", to: recipient, values: ["device": "Schlüssel"],
                secrets: secrets, at: now, in: connection)
        }
    }

    private func run(_ desk: NoticeDesk) async throws { while try await desk.next() != nil {} }

    private var states: [NoticeState: Int] { get async throws { try await Notices(database).counts() } }

    /// What the gateway words itself is said in the language of the mail, and what people have written stays.
    @Test func aGermanMailIsGermanThroughout() async throws {
        let desk = try desk()
        func text(_ event: NoticeEvent, _ values: [String: String], _ language: String) throws -> String {
            try desk.preview(
                event, values: values, to: "a@example.org", name: "Ada", language: language, isFixed: true
            ).text
        }
        let recovered = ["outcome": "denied", "purpose": "approved", "actor": "denied"]
        #expect(try text(.recovered, recovered, "de").contains("Ergebnis: abgelehnt"))
        #expect(try text(.recovered, recovered, "de").contains("Zweck: approved"))
        #expect(try text(.recovered, recovered, "en").contains("Outcome: denied"))
        let decided = try text(.requestDecided, ["decision": "approved", "reason": "foreign words of a person"], "de")
        #expect(decided.contains("entschieden: freigegeben.") && decided.contains("foreign words of a person"))
        let needs = "- the file was fetched meanwhile\n- what nobody has translated"
        let digest = try text(.digest, ["needs": needs], "de")
        #expect(digest.contains("- die Datei wurde inzwischen abgeholt\n- what nobody has translated"))
        #expect(try text(.digest, ["needs": "- nothing"], "de").contains("- nichts"))
    }

    @Test func eachAdministratorGetsOneAndSecretsAreErased() async throws {
        try await put(secrets: NoticeSecrets(["link": "https://once"], under: key))
        try await run(desk())
        try await run(desk())
        let mails = post.taken.withLock { $0 }
        #expect(mails.map(\.to.text).sorted() == ["one@example.org", "two@example.org"])
        #expect(mails.allSatisfy { $0.text.contains("https://once") && $0.text.contains("Schlüssel") })
        let kept = try await database.read {
            try $0.value("SELECT COUNT(*) FROM notices WHERE sealed IS NOT NULL", as: Int.self)
        }
        #expect(kept == 0)
        #expect(try await states == [.addressed: 1, .sent: 2])
    }

    @Test func whatSurelyWasNotSentGoesLaterAndWhatMayHaveBeenDoesNot() async throws {
        try await put(.address("a@example.org"))
        post.failure.withLock { $0 = MailError(.later, "busy") }
        try await run(desk())
        #expect(try await states == [.waiting: 1])
        post.failure.withLock { $0 = MailError(.outcomeUnknown, "cut") }
        clock.advance(.seconds(61))
        try await run(desk())
        #expect(try await states == [.unknown: 1])
        post.failure.withLock { $0 = nil }
        clock.advance(.seconds(86_400))
        try await run(desk())
        #expect(post.taken.withLock { $0.isEmpty })
        let notice = try #require(try await Notices(database).list().items.first)
        try await Notices(database).sendAgain(notice, at: clock.now())
        try await run(desk())
        #expect(post.taken.withLock { $0.map(\.id) } == [notice.id])
    }

    /// What was given up for its age goes all the same where a person wants it, once.
    @Test func whatWasGivenUpIsSentWhereAPersonWantsIt() async throws {
        try await put(.address("a@example.org"))
        post.failure.withLock { $0 = MailError(.later, "busy") }
        try await run(desk())
        clock.advance(.seconds(4 * 86_400))
        try await run(desk())
        #expect(try await states == [.failed: 1])
        post.failure.withLock { $0 = nil }
        let notice = try #require(try await Notices(database).list().items.first)
        try await Notices(database).sendAgain(notice, at: clock.now())
        try await run(desk())
        #expect(post.taken.withLock { $0.map(\.id) } == [notice.id])
    }

    @Test func aNodeThatEndedWhileSendingLeavesADoubt() async throws {
        try await put(.address("a@example.org"))
        let notice = try #require(try await Notices(database).list().items.first)
        #expect(try await desk(owner: "b").claim(notice) != nil)
        #expect(try await desk().claim(notice) == nil)
        try await run(desk())
        #expect(try await states == [.sending: 1])
        clock.advance(.seconds(301))
        try await run(desk())
        #expect(try await states == [.unknown: 1])
        #expect(post.taken.withLock { $0.isEmpty })
    }

    /// It was taken back between its posting and its sending, or while the mail server was away.
    @Test func nobodyIsToldOfWhatIsOver() async throws {
        try await put(.address("a@example.org"))
        post.failure.withLock { $0 = MailError(.later, "busy") }
        try await run(desk())
        post.failure.withLock { $0 = nil }
        clock.advance(.seconds(61))
        try await run(desk { $0.about == "package 1" ? "what was offered is withdrawn already" : nil })
        #expect(post.taken.withLock { $0.isEmpty })
        let notice = try #require(try await Notices(database).list().items.first)
        #expect(notice.state == .dropped && notice.detail == "what was offered is withdrawn already")
    }

    @Test func whatIsOldIsNotTold() async throws {
        try await put(.address("a@example.org"))
        clock.advance(.seconds(4 * 86_400))
        try await run(desk())
        #expect(try await states == [.dropped: 1])
    }

    /// What an older copy of the database was about to tell has perhaps been told since.
    @Test func anOlderCopyTellsNothingOfWhatItHolds() async throws {
        try await put(.address("a@example.org"))
        try await NoticeReader.beginAnew(OrderLedger(database: database, clock: clock), because: "an older copy")
        #expect(try await states == [.dropped: 1])
        try await run(desk())
        #expect(post.taken.withLock { $0.isEmpty })
        #expect(try await Notices(database).list().items.first?.detail == "an older copy")
    }

    @Test func unknownPlaceholdersAreNamedWithTheNearest() {
        let problem = #expect(throws: (any Error).self) {
            try ConfigurationReader.read(
                """
                notifications:
                  from: certway@example.org
                  smtp: {server: mail.example.org}
                  events: [{event: issued, en: {subject: "{{serail}}", text: x}}]
                """, file: "own.yaml")
        }
        #expect("\(problem.map { "\($0)" } ?? "")".contains("serial"))
    }

    /// What would be refused, or lead elsewhere, when it is sent is refused when it is stored.
    @Test(arguments: [
        #"events: [{event: issued, en: {subject: "a\r\nBcc: b@example.org", text: x}}]"#,
        #"events: [{event: issued, en: {subject: "a\u0000b", text: x}}]"#,
        #"webhooks: [{name: w, url: "https://example.org/a\r\nHost: b", secret: "env:S"}]"#,
        #"webhooks: [{name: w, url: "https://example.org/a b", secret: "env:S"}]"#,
        #"webhooks: [{name: w, url: "https://example.org:99999/", secret: "env:S"}]"#,
        #"webhooks: [{name: w, url: "https://exa%20mple.org/", secret: "env:S"}]"#,
        #"webhooks: [{name: w, url: "http://example.org/", secret: "env:S"}]"#,
    ])
    func unfitTextsAreRefusedBeforeTheyAreStored(_ line: String) {
        let problem = #expect(throws: Diagnostics.self) {
            try ConfigurationReader.read(
                "notifications:\n  from: c@example.org\n  smtp: {server: mail.example.org}\n  \(line)", file: "own.yaml"
            )
        }
        let place = line.hasPrefix("webhooks") ? "notifications.webhooks[0].url" : "notifications.events[0].en.subject"
        #expect(problem?.all.map(\.keyPath) == [place], "\(problem.map { "\($0)" } ?? "")")
    }

    @Test("no header can be begun by a name or an address")
    func injection() {
        #expect(MailAddress("a@b.test\r\nBcc: c@d.test") == nil)
        #expect(MailAddress("a@b.test, c@d.test") == nil)
        #expect(MailAddress("<a@b.test>") == nil)
        let date = Date(timeIntervalSince1970: 1_800_000_000)
        guard let address = MailAddress("a@b.test") else { return #expect(Bool(false)) }
        let message = MailMessage(
            id: "7f0c", from: address, fromName: "A\r\nBcc: x@y.test", to: address, toName: "Ä\"<b@c.test>",
            subject: "Grüße\nX: y", text: "", date: date, event: "issued")
        for line in message.headers {
            // What goes on in the next line is folded: it begins with a blank.
            let pieces = line.components(separatedBy: "\r\n")
            #expect(pieces.dropFirst().allSatisfy { $0.hasPrefix(" =?UTF-8?B?") }, "\(line)")
            #expect(!pieces.contains { $0.contains("\n") || $0.contains("\r") }, "\(line)")
            #expect(pieces.allSatisfy { $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } }, "\(line)")
        }
        #expect(message.headers.count == 7)
    }

    @Test func theManualsExampleVerifiesASignature() async throws {
        let manual = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../docs/manual/webhooks.md")
        let text = try String(contentsOf: manual, encoding: .utf8)
        let code = try #require(text.components(separatedBy: "```python\n").last?.components(separatedBy: "```").first)
        let date = Date(timeIntervalSince1970: 1_800_000_000)
        let header = NoticeDesk.signature(of: Array("{\"id\":1}".utf8), key: Array("secret".utf8), at: date)
        let script =
            code + """

                assert is_genuine(b"secret", "\(header)", b'{"id":1}', 1800000000)
                assert not is_genuine(b"secret", "\(header)", b'{"id":2}', 1800000000)
                assert not is_genuine(b"other", "\(header)", b'{"id":1}', 1800000000)
                assert not is_genuine(b"secret", "\(header)", b'{"id":1}', 1800000400)
                """
        let run = try await Run.program("/usr/bin/python3", ["-c", script])
        #expect(run.status == 0, "\(run.errors)")
    }
}
