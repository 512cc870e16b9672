// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
import Ledger
import MailTransport
import MicrosoftGraph
public import Notification
public import Sentences
import Settings
import YAMLDocuments

extension Profiles {
    public static var noticeFolders: [String] { folders("notices.d") }
    /// The gateway's sentences in other languages, read once; English alone, with the reason, where their files cannot be.
    public static let sentences: (books: SentenceBooks, problem: String?) = {
        do {
            return (try SentenceBooks.read(folders: folders("sentences.d")), nil)
        } catch {
            return (.none, "sentences are told in English only: \(error)")
        }
    }()

    /// Where a folder of a release is looked for; what an administrator has put in place comes first.
    private static func folders(_ name: String) -> [String] {
        ["/etc/certway/\(name)"]
            + ProfileCatalogue.standardFolders.filter { $0 != "/etc/certway/connectors.d" }.map {
                URL(filePath: $0).deletingLastPathComponent().appending(path: name).path
            }
    }
}

extension Gateway {
    /// What lies in the outbox.
    public var notices: Notices { Notices(database) }

    /// The usual words.
    ///
    /// - Throws: `Diagnostics`; an operator must act.
    public func noticeTexts() throws -> NoticeTexts { try NoticeTexts.read(folders: Profiles.noticeFolders) }

    /// What sends mails, as section `notifications` has it.
    ///
    /// - Throws: `SettingsError` without the section, or for a secret or file that cannot be read.
    public func mailSender() throws -> any MailSender {
        let server = try notifications.server
        guard let server else { return GraphMailSender(try graphClient()) }
        return MailServer(
            host: server.host, port: server.port, security: server.security, user: server.user,
            password: try server.password?.resolve(for: "notifications.smtp.password"),
            rootsPEM: try server.tlsRoots.map { try SettingsFile(path: $0).rootsPEM("notifications.smtp.tlsRoots") })
    }

    /// - Throws: `SettingsError` without the section.
    public var notifications: NotificationConfiguration {
        get throws(SettingsError) {
            guard let notifications = configuration.notifications else {
                throw SettingsError(
                    "nobody is told anything: add section 'notifications' and run 'certway apply -f FILE'")
            }
            return notifications
        }
    }

    /// Whether anybody is to be told; otherwise what waits in the outbox is given up.
    func tellsAnybody() async throws -> Bool {
        guard configuration.notifications == nil else { return true }
        try await notices.drop("nobody is to be told: there is no section notifications", at: ledger.clock.now())
        return false
    }

    /// What sends notices.
    ///
    /// - Throws: as `mailSender` and `noticeTexts`.
    public func noticeDesk() throws -> NoticeDesk {
        let truth = NoticeTruth(ledger: ledger, packages: packages)
        return NoticeDesk(
            database: database, mirror: store.mirror, configuration: try notifications, texts: try noticeTexts(),
            sentences: Profiles.sentences.books, sender: try mailSender(), http: http, sealingKey: try sealingKey(),
            clock: ledger.clock, owner: owner,
            gateway: configuration.console?.publicURL ?? "", isOver: truth.isOver,
            lookAgain: { (notice, address) async throws(MailError) in try await lookAgain(notice, address) })
    }

    /// What finds out what people are to be told.
    var noticeReader: NoticeReader {
        NoticeReader(
            ledger, configuration.notifications, by: owner, isAlone: isAlone,
            reminders: Dictionary(
                uniqueKeysWithValues: configuration.requestTemplates.map {
                    ($0.name, $0.renewableFor)
                }))
    }

    /// Sends what is due, as fast as it may be sent, and returns when nothing is; for one pass, which may be the last one for days.
    ///
    /// - Parameter limit: mails at most.
    func sendNotices(limit: Int) async throws {
        try await noticeReader.read(waiting: NoticeReader.turn)
        guard try await tellsAnybody() else { return }
        let desk = try noticeDesk()
        var left = 0
        while left < limit, let outcome = try await desk.next() { if outcome.hasLeft { left += 1 } }
    }
}
