// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Foundation
import HTTPTransport
import JSONDocuments
import Ledger
import PKIX
import Secrets
import Store
import TestSupport
import Testing
import YAMLDocuments

@testable import MailTransport
@testable import Notification
@testable import Settings

/// Mails that carry a key, and those with its password (docs/decisions/0055).
@Suite struct MailedKeyTests {
    private let clock = TestClock()
    private let post = Post()
    private let database: TestDatabase
    private let key = SealingKey.random()
    private static let office = "office@example.org"
    private static let file = Secret("not really a PFX, and long enough for some lines of Base64 in a mail")

    init() async throws {
        database = try await TestDatabase(OrderLedger.migrations + DirectorySchema.migrations + NoticeTables.migrations)
    }

    /// Nothing is to be sent again in doubt, although the configuration has it so.
    private func desk(_ lookAgain: @escaping NoticeDesk.LookAgain = { _, _ in }) throws -> NoticeDesk {
        let configuration = try ConfigurationReader.read(
            """
            notifications: {from: certway@example.org, smtp: {server: mail.example.org}, onDoubt: sendAgain}
            """, file: "test"
        ).notifications
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../notices.d").path
        return NoticeDesk(
            database: database, mirror: DirectoryMirror(database: database),
            configuration: try #require(configuration), texts: try NoticeTexts.read(folders: [folder]), sender: post,
            http: CurlHTTPClient(), sealingKey: key, clock: clock, owner: "a", gateway: "", lookAgain: lookAgain)
    }

    private func order() async throws {
        let (now, key) = (clock.now(), key)
        let attachment = try #require(
            MailAttachment(name: "certificate.p12", mediaType: "application/x-pkcs12", content: Self.file))
        try await database.write { connection in
            try NoticeOutbox.post(
                event: .handOverFile, about: "package 7", to: .address("ada@example.org"),
                values: ["passwordTo": Self.office], secrets: NoticeSecrets([:], attachment: attachment, under: key),
                at: now, in: connection)
            try NoticeOutbox.post(
                event: .handOverPassword, about: "package 7", to: .address(Self.office),
                values: ["recipient": "ada@example.org"], secrets: NoticeSecrets(["password": "p4ss"], under: key),
                at: now, in: connection)
        }
    }

    private func run(_ desk: NoticeDesk) async throws { while try await desk.next() != nil {} }

    private var all: [Notice] { get async throws { try await Notices(database).list().items } }

    private var sealed: Int {
        get async throws {
            try await database.read {
                try $0.value("SELECT COUNT(*) FROM notices WHERE sealed IS NOT NULL", as: Int.self)
            } ?? -1
        }
    }

    @Test func fileAndPasswordLeaveOnceAndApart() async throws {
        try await order()
        #expect(try await sealed == 2)
        try await run(desk())
        try await run(desk())
        let mails = post.taken.withLock { $0 }
        #expect(Set(mails.map(\.to.text)) == ["ada@example.org", Self.office] && mails.count == 2)
        let file = try #require(mails.first { $0.event == "handOverFile" })
        #expect(file.to.text == "ada@example.org" && file.attachment?.content.revealed == Self.file.revealed)
        #expect(!file.text.contains("p4ss") && file.text.contains(Self.office))
        let password = try #require(mails.first { $0.event == "handOverPassword" })
        #expect(password.text.contains("p4ss") && password.attachment == nil && !password.subject.contains("p4ss"))
        #expect(try await sealed == 0)
    }

    @Test func theDatabaseHoldsNeitherInClear() async throws {
        try await order()
        let rows = try await database.read { connection in
            try connection.query("SELECT content, sealed FROM notices") { row in
                (try row[0] as String) + String(decoding: try row[1] as [UInt8], as: UTF8.self)
            }
        }
        let encoded = Self.file.withBytes { Data($0) }.base64EncodedString()
        for secret in ["p4ss", Self.file.revealed, encoded] { #expect(!rows.contains { $0.contains(secret) }) }
    }

    /// What speaks against it when it is about to leave counts, and what is not sent is erased.
    @Test func anObjectionKeepsItHere() async throws {
        try await order()
        try await run(
            desk { notice, address throws(MailError) in
                throw MailError(.refused, "\(notice.event.rawValue) not to \(address)")
            })
        #expect(post.taken.withLock { $0.isEmpty })
        #expect(try await all.allSatisfy { $0.state == .failed && $0.detail?.contains("not to") == true })
        #expect(try await sealed == 0)
        for notice in try await all {
            await #expect(throws: LedgerError.self) { try await Notices(database).sendAgain(notice, at: clock.now()) }
        }
    }

    @Test func whatCannotBeLookedUpWaits() async throws {
        try await order()
        try await run(desk { _, _ throws(MailError) in throw MailError(.later, "no tenant") })
        #expect(try await all.allSatisfy { $0.state == .waiting })
        #expect(try await sealed == 2)
        clock.advance(.seconds(3601))
        try await run(desk())
        #expect(post.taken.withLock { $0.count } == 2)
    }

    @Test func nothingLeavesWithoutALook() async throws {
        try await order()
        let looked = try desk()
        try await run(
            NoticeDesk(
                database: database, mirror: looked.mirror, configuration: looked.configuration, texts: looked.texts,
                sender: post, http: looked.http, sealingKey: key, clock: clock, owner: "a", gateway: ""))
        #expect(post.taken.withLock { $0.isEmpty })
    }

    @Test func inDoubtItIsErasedAndNotSentAgain() async throws {
        try await order()
        post.failure.withLock { $0 = MailError(.outcomeUnknown, "cut") }
        try await run(desk())
        post.failure.withLock { $0 = nil }
        clock.advance(.seconds(86_400))
        try await run(desk())
        #expect(post.taken.withLock { $0.isEmpty })
        #expect(try await all.allSatisfy { $0.state == .unknown })
        #expect(try await sealed == 0)
    }

    /// A node that ends between claim and answer.
    @Test func aNodeThatEndedLeavesNoKeyBehind() async throws {
        try await order()
        for notice in try await all { #expect(try await desk().claim(notice) != nil) }
        clock.advance(.seconds(301))
        try await run(desk())
        #expect(post.taken.withLock { $0.isEmpty })
        #expect(try await all.allSatisfy { $0.state == .unknown })
        #expect(try await sealed == 0)
    }

    @Test func whatHasNotLeftIsTakenBack() async throws {
        try await order()
        let now = clock.now()
        let count = try await database.write { connection in
            let mails = try Notices.notices([.handOverFile, .handOverPassword], about: ["package 7"], on: connection)
            return try Notices.withdraw(mails, because: "the wrong phone", at: now, on: connection)
        }
        #expect(count == 2)
        try await run(desk())
        #expect(post.taken.withLock { $0.isEmpty })
        #expect(try await sealed == 0)
    }

    // MARK: - Which mailbox

    private func person(_ attributes: JSONValue) -> DirectoryPerson {
        DirectoryPerson(id: "7f0c", attributes: attributes)
    }

    @Test(arguments: [
        "ada@example.org", "ADA@Example.org", "ada+pfx@example.org", "lovelace@example.org", "ada@sandbox.example",
        "no address",
    ])
    func thePasswordNeverGoesWhereTheFileGoes(_ mailbox: String) {
        let ada = person([
            "userPrincipalName": "ada@sandbox.example", "mail": "ada@example.org",
            "proxyAddresses": ["SMTP:ada@example.org", "smtp:lovelace@example.org"],
        ])
        #expect(
            MailedKeyRule.objection(to: ada, rivals: [], passwordTo: mailbox)?.contains("who gets the file") == true)
        #expect(MailedKeyRule.objection(to: ada, rivals: [], passwordTo: Self.office) == nil)
        let rival = AddressClaim(
            address: AddressSource.foldedCase(ada.noticeAddress ?? ""), source: .mail,
            claimant: Claimant(id: "7", kind: .contact, name: "The other one"))
        #expect(
            MailedKeyRule.objection(to: ada, rivals: [rival], passwordTo: Self.office)?.contains("whose mailbox")
                == true)
    }

    @Test func nobodyWithoutAddressOrWithABlockedAccount() {
        let blocked = person(["userPrincipalName": "ada@sandbox.example", "accountEnabled": false])
        #expect(MailedKeyRule.objection(to: blocked, rivals: [], passwordTo: Self.office)?.contains("blocked") == true)
        let nowhere = person(["userPrincipalName": "ada"])
        #expect(
            MailedKeyRule.objection(to: nowhere, rivals: [], passwordTo: Self.office)?.contains("no mail address")
                == true)
    }

    @Test func attachmentsAreBounded() {
        func attachment(_ name: String, _ count: Int) -> MailAttachment? {
            MailAttachment(
                name: name, mediaType: "application/x-pkcs12", content: Secret([UInt8](repeating: 1, count: count)))
        }
        #expect(attachment("a.p12", MailAttachment.largest) != nil)
        #expect(attachment("a.p12", MailAttachment.largest + 1) == nil && attachment("a.p12", 0) == nil)
        for name in ["", "a\r\nBcc: b", "ä.p12", "a b.p12", "../a"] { #expect(attachment(name, 5) == nil, "\(name)") }
    }

    // MARK: - The configuration

    private static let mailed = "handOver: {byMail: {passwordTo: office@example.org}}\n"

    @Test(arguments: [
        ("", "handOver.byMail.passwordTo"),
        (
            "notifications: {from: Office+x@example.org, smtp: {server: mail.example.org}}",
            "handOver.byMail.passwordTo"
        ),
        (
            "notifications: {from: c@example.org, smtp: {server: m.example.org}, events: [{event: handOverPassword, send: false}]}",
            "handOver.byMail.passwordTo"
        ),
        (
            "notifications: {from: c@example.org, smtp: {server: m.example.org}, events: [{event: handOverFile, to: [administrators]}]}",
            "notifications.events[0].to"
        ),
        (
            #"notifications: {from: c@example.org, smtp: {server: m.example.org}, events: [{event: handOverPassword, en: {subject: "{{password}}", text: "{{password}}"}}]}"#,
            "notifications.events[0].en.subject"
        ),
        (
            "notifications: {from: c@example.org, smtp: {server: m.example.org}, events: [{event: handOverPassword, en: {subject: x, text: y}}]}",
            "notifications.events[0].en.text"
        ),
    ])
    func whatWouldBringBothTogetherIsAFinding(_ section: String, _ place: String) {
        let problem = #expect(throws: Diagnostics.self) {
            let node = try YAMLNode.parse(Self.mailed + section, file: "own.yaml")
            let reading = ConfigurationReader.examine(node, compiles: true)
            reading.noteInconsistencies()
            try reading.collector.check()
        }
        #expect(problem?.all.map(\.keyPath) == [place], "\(problem.map { "\($0)" } ?? "")")
    }

    @Test func itIsOffAndSaysWhatItMeansWhenOn() throws {
        #expect(try ConfigurationReader.read("handOver: {}", file: "own.yaml").handOver?.byMail == nil)
        let configuration = try ConfigurationReader.read(
            Self.mailed + "notifications: {from: c@example.org, smtp: {server: m.example.org}}", file: "own.yaml")
        #expect(configuration.mailWarnings.count == 2, "\(configuration.mailWarnings)")
    }
}
