// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import MailTransport
import Records
import Settings
import Store

extension NoticeDesk {
    /// Posts a notice for each of those who are meant, and for programs, in one transaction with its end.
    func address(_ notice: Notice) async throws -> Notice.Outcome? {
        var meant: [NoticeRecipient] = []
        let wishes: [NotificationConfiguration.Recipient] =
            notice.recipient == .administrators ? [.administrators] : configuration.recipients(of: notice.event)
        for wish in wishes {
            switch wish {
            case .person:
                if case .configured(let id?) = notice.recipient { meant += try await recipients(for: id) }
            case .administrators: meant += configuration.administrators.map(NoticeRecipient.address)
            case .address(let address): meant.append(.address(address))
            }
        }
        meant += programs(for: notice.event)
        let (now, all) = (clock.now(), meant)
        let secrets = try notice.sealed.map {
            try NoticeSecrets.open($0, of: notice.id, under: sealingKey)
        }
        let detail =
            all.isEmpty ? "nobody is meant: notifications.administrators is empty" : "handed on to \(all.count)"
        let done = try await database.write { connection in
            let table = NoticeTable(connection: connection)
            guard
                try table.finish(
                    notice.id, fence: notice.fence, all.isEmpty ? .dropped : .addressed, due: nil, address: nil, detail,
                    at: now)
            else { return false }
            for recipient in all {
                let isProgram = if case .webhook = recipient { true } else { false }
                try NoticeOutbox.post(
                    event: notice.event, about: notice.about, to: recipient, values: notice.values,
                    secrets: isProgram ? nil : secrets, at: now, in: connection)
            }
            return true
        }
        return done
            ? Notice.Outcome(
                notice: notice, state: all.isEmpty ? .dropped : .addressed, detail: detail, hasLeft: false,
                isTrouble: false) : nil
    }

    /// Of what was requested, whoever has handed it in; where that is no person and no mail address, administrators.
    private func recipients(for subscriberID: String) async throws -> [NoticeRecipient] {
        guard let reference = SubmittedRequest.reference(of: subscriberID) else {
            return [.person(subscriberID: subscriberID)]
        }
        guard let (name, id) = try await OrderLedger.requester(of: reference, in: database) else { return [] }
        if case .person(let id) = id { return [.person(subscriberID: id)] }
        return MailAddress(name) == nil ? configuration.administrators.map(NoticeRecipient.address) : [.address(name)]
    }

    /// Programs are told of what is posted for one person, too; once, for the outbox knows event and thing.
    func postForPrograms(_ notice: Notice) async throws {
        let programs = programs(for: notice.event)
        guard !programs.isEmpty, notice.attempts == 0 else { return }
        let now = clock.now()
        try await database.write { connection in
            for program in programs {
                try NoticeOutbox.post(
                    event: notice.event, about: notice.about, to: program, values: notice.values, at: now,
                    in: connection)
            }
        }
    }

    private func programs(for event: NoticeEvent) -> [NoticeRecipient] {
        configuration.webhooks.filter { $0.events?.contains(event) ?? true }.map { .webhook($0.name) }
    }
}
