// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

@testable import MailTransport
@testable import Notification

/// Takes mails, or does not.
final class Post: MailSender {
    let taken = Mutex<[MailMessage]>([])
    let failure = Mutex<MailError?>(nil)

    func send(_ message: MailMessage) async throws(MailError) {
        if let failure = failure.withLock({ $0 }) { throw failure }
        taken.withLock { $0.append(message) }
    }
}
