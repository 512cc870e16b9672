// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
public import Foundation
import Gateway
public import HandOver
public import JSONDocuments
public import Ledger
import MailTransport
public import Notification
import PKIX
import Planning
import Records
import Secrets
import Settings

/// Files that go by mail, as `handOver.byMail` allows: the file to its owner, its password to another mailbox (docs/decisions/0055).
extension HandOverAdministration {
    /// The two events of a mailing.
    static let mailEvents = NoticeEvent.allCases.filter(\.carriesKey)

    /// A file that is, or was, handed over, with the mails by which it went.
    public struct HandedOver: Sendable {
        public let package: OneTimePackage
        /// Of the file and of its password; none for one behind a link.
        public let mails: [Notice]

        /// As programs see it.
        public func json(at date: Date) -> JSONValue {
            var json = package.json(at: date)
            json["mails"] = .array(
                mails.map { mail in
                    [
                        "id": .string(mail.id), "event": .string(mail.event.rawValue),
                        "state": .string(mail.state.rawValue), "address": JSONValue(mail.address),
                        "changedAt": .string(mail.changedAt.ISO8601Format()), "detail": JSONValue(mail.detail),
                    ]
                })
            return json
        }
    }

    /// Mails somebody their own certificate with its key, and the password to the mailbox of `handOver.byMail`. Both mails are in the outbox
    /// when this returns, and leave once each.
    ///
    /// - Parameter record: in force, with its working copy still there.
    /// - Returns: nil for a dry run.
    /// - Throws: `AccessDenied`; `Obstacle` where it cannot be.
    public func mail(
        _ record: CertificateRecord, for device: HandOverDevice, isDryRun: Bool
    ) async throws -> HandedOver? {
        try await entrance.pass(.redeliver, to: wish(record), isDryRun ? .byTheUseCase : .all) {
            guard let mailbox = try await require(record).byMail?.passwordTo else {
                throw Obstacle(
                    "nothing is handed over by mail here", instead: "handOver.byMail of the configuration lets it be")
            }
            let address = try await address(of: record, passwordTo: mailbox)
            let key = try await workingKey(of: record)
            guard !isDryRun else { return nil }
            return try await mail(record, key, device, to: address, passwordTo: mailbox)
        }
    }

    private func address(of record: CertificateRecord, passwordTo mailbox: String) async throws -> String {
        let known = try await gateway.store.mirror.peopleAsMembers(ids: [record.subscriberID]).first
        guard let person = known?.person, known?.isPresent == true else {
            throw Obstacle("the directory does not know \(record.userPrincipalName) any more")
        }
        let rivals = known?.rivals ?? []
        if let objection = MailedKeyRule.objection(to: person, rivals: rivals, passwordTo: mailbox) {
            throw Obstacle(objection)
        }
        // The rule has found one.
        return person.noticeAddress ?? ""
    }

    private func mail(
        _ record: CertificateRecord, _ key: PrivateKey, _ device: HandOverDevice, to address: String,
        passwordTo mailbox: String
    ) async throws -> HandedOver {
        let password = SecureRandom.password(length: Self.passwordLength)
        let content = Secret(try await file(record, key, device, password))
        guard let file = MailAttachment(name: Self.fileName, mediaType: Self.mediaType, content: content) else {
            throw Obstacle("the file is too large for a mail: \(content.count) bytes")
        }
        let about = Self.about(record)
        var new = NewPackage(
            .handOver, about: about, for: .person(id: record.subscriberID), named: record.userPrincipalName,
            by: caller.name, lifetime: NoticeDesk.patience, fileName: Self.fileName, mediaType: Self.mediaType)
        new.hints = [
            "device": .string(device.rawValue), "serialNumber": .string(record.serialNumber), "to": .string(address),
            "passwordTo": .string(mailbox),
        ]
        let sealingKey = try gateway.sealingKey()
        let fileSecrets = NoticeSecrets([:], attachment: file, under: sealingKey)
        let passwordSecrets = NoticeSecrets(["password": password.revealed], under: sealingKey)
        let values = [
            "serial": record.serialNumber, "device": device.title, "actor": caller.name, "to": address,
            "passwordTo": mailbox, "recipient": record.userPrincipalName, "template": record.template,
            "certificate": String(record.id),
        ]
        let (packages, now, actor) = (gateway.packages, gateway.ledger.clock.now(), caller.name)
        let way = "by mail to \(address), its password to \(mailbox)"
        let prepared = try packages.prepare(new, content: Secret(""))
        return try await gateway.database.write { connection in
            // A newer file takes the place of one that has not left, with its password; one of two mails that has left is told.
            let earlier = try packages.list(about: about, on: connection).filter { $0.ending == .mailed }
            let mails = try Notices.notices(Self.mailEvents, about: earlier.map(Self.thing), on: connection)
            guard !mails.contains(where: { [.waiting, .sending].contains($0.state) }) else {
                throw Obstacle(
                    "a file of \(record.serialNumber) is on its way by mail already",
                    instead: "certway handover list shows it, and certway handover withdraw takes it back")
            }
            try packages.withdraw(about: about, [.handOver, .handOverPassword], by: actor, on: connection)
            let package = try packages.note(mailed: prepared, because: way, on: connection)
            let thing = Self.thing(package)
            try NoticeOutbox.post(
                event: .handOverFile, about: thing, to: .person(subscriberID: record.subscriberID), values: values,
                secrets: fileSecrets, at: now, in: connection)
            try NoticeOutbox.post(
                event: .handOverPassword, about: thing, to: .address(mailbox), values: values,
                secrets: passwordSecrets, at: now, in: connection)
            try OrderLedger.tell(
                record.orderID, OrderChange("mailed", "\(actor) has its key mailed: \(way)"), at: now, on: connection)
            return HandedOver(
                package: package, mails: try Notices.notices(Self.mailEvents, about: [thing], on: connection))
        }
    }

    /// What the notices of a package are about.
    private static func thing(_ package: OneTimePackage) -> String { "package \(package.id)" }

    /// The mails of packages.
    func handedOver(_ packages: [OneTimePackage]) async throws -> [HandedOver] {
        let mailed = packages.filter { $0.ending == .mailed }.map(Self.thing)
        let mails = Dictionary(
            grouping: try await gateway.notices.notices(Self.mailEvents, about: mailed), by: \.about)
        return packages.map { HandedOver(package: $0, mails: mails[Self.thing($0)] ?? []) }
    }

    /// Takes back what of a mailing has not left; a mail that has left is nobody's to take back.
    func withdrawMails(of package: OneTimePackage, because cause: String, isDryRun: Bool) async throws {
        let (now, actor, thing) = (gateway.ledger.clock.now(), caller.name, Self.thing(package))
        let gone = Obstacle(
            "its mails have left already", instead: "have the certificate revoked if the wrong person has it")
        if isDryRun {
            let mails = try await gateway.notices.notices(Self.mailEvents, about: [thing])
            guard mails.contains(where: { $0.state == .waiting }) else { throw gone }
            return
        }
        try await gateway.database.write { connection in
            let mails = try Notices.notices(Self.mailEvents, about: [thing], on: connection)
            let reason = "taken back by \(actor): \(cause)"
            guard try Notices.withdraw(mails, because: reason, at: now, on: connection) > 0 else { throw gone }
            try AuditTrail.record(
                AuditEntry(
                    .endPackage, AuditObject(.package, String(package.id)), by: AuditActor(named: actor),
                    person: package.recipientName, reason: cause), on: connection)
        }
    }
}
