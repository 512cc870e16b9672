// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import MailTransport
import Notification
import Settings

extension Gateway {
    /// Looks once more, by configuration, ledger and tenant, whether a mail with a key or with its password may leave.
    ///
    /// - Throws: `MailError`: `refused` where something speaks against it, `later` where it cannot be looked.
    func lookAgain(_ notice: Notice, _ address: String) async throws(MailError) {
        let objection: String?
        do {
            objection = try await self.objection(to: notice, address)
        } catch {
            throw MailError(.later, "whether it may leave cannot be looked up: \(error)")
        }
        if let objection {
            throw MailError(.refused, "\(objection): hand the certificate over anew if it is still wanted")
        }
    }

    private func objection(to notice: Notice, _ address: String) async throws -> String? {
        guard let mailbox = configuration.handOver?.byMail?.passwordTo else {
            return "keys are not mailed any more (handOver.byMail)"
        }
        guard mailbox == notice.values["passwordTo"] else {
            return "handOver.byMail.passwordTo names another mailbox than when it was ordered"
        }
        guard let number = notice.values["certificate"].flatMap({ Int64($0) }),
            let record = try await ledger.certificates(ids: [number]).first
        else { return "the ledger does not have the certificate any more" }
        guard record.status != .revoked, record.notAfter > ledger.clock.now() else {
            return "certificate \(record.serialNumber) is revoked or over"
        }
        let asked = try await ledger.standingActions(certificateIDs: [record.id])[record.id] ?? []
        guard !asked.contains(where: { $0.kind == .revoke }) else {
            return "certificate \(record.serialNumber) is being revoked"
        }
        guard let person = try await synchronizer(graphClient()).person(record.subscriberID) else {
            return "the tenant does not know \(record.userPrincipalName) any more"
        }
        if let objection = MailedKeyRule.objection(
            to: person, rivals: try await mirror.asMember(person).rivals, passwordTo: mailbox)
        {
            return objection
        }
        guard person.noticeAddress == notice.values["to"],
            address == (notice.event == .handOverFile ? notice.values["to"] : mailbox)
        else { return "\(person.userPrincipalName) has another mail address than when it was ordered" }
        return nil
    }
}
