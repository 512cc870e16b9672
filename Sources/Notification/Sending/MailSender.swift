// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import MailTransport

/// What takes a mail and answers for it.
public protocol MailSender: Sendable {
    /// - Throws: `MailError`; `outcomeUnknown` only where the mail may have been sent.
    func send(_ message: MailMessage) async throws(MailError)
}

extension MailServer: MailSender {}
