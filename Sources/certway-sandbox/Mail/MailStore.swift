// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What the tenant's mailboxes have sent, and which of them this application may not use.
final class MailStore: Sendable {
    private struct Guarded {
        var mails: [SentMail] = []
        var refusedSenders: Set<String> = []
    }

    private let guarded = Mutex(Guarded())

    /// In the order of acceptance.
    var all: [SentMail] { guarded.withLock { $0.mails } }

    func accept(_ mail: SentMail) { guarded.withLock { $0.mails.append(mail) } }

    func clear() { guarded.withLock { $0.mails = [] } }

    /// Principal names that an ApplicationAccessPolicy keeps from this application.
    func refuse(_ senders: [String]) { guarded.withLock { $0.refusedSenders = Set(senders.map { $0.lowercased() }) } }

    func isRefused(_ sender: String) -> Bool { guarded.withLock { $0.refusedSenders.contains(sender.lowercased()) } }
}
