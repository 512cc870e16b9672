// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Secrets

/// The server that takes mails, and how to sign in there.
public struct MailServer: Sendable {
    public enum Security: String, Sendable, CaseIterable, Codable {
        /// TLS from the first byte, usually on port 465.
        case tls
        /// STARTTLS, usually on port 587; without it nothing is sent.
        case starttls
    }

    public var host: String
    public var port: Int
    public var security: Security
    public var user: String?
    public var password: Secret?
    /// PEM; in place of the system's roots.
    public var rootsPEM: String?

    public init(
        host: String, port: Int, security: Security, user: String? = nil, password: Secret? = nil,
        rootsPEM: String? = nil
    ) {
        (self.host, self.port, self.security) = (host, port, security)
        (self.user, self.password, self.rootsPEM) = (user, password, rootsPEM)
    }

    var url: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(security == .tls ? "smtps" : "smtp")://\(name):\(port)"
    }

    /// Hands a mail to the server. Takes a connection of its own; at most a minute.
    ///
    /// - Throws: `MailError`; `outcomeUnknown` only where the whole mail had left and no answer came.
    public func send(_ message: MailMessage) async throws(MailError) {
        try await onThread { transfer throws(MailError) in try transfer.perform(message) }
    }

    /// Connects, signs in and leaves; sends nothing.
    ///
    /// - Throws: `MailError`.
    public func check() async throws(MailError) {
        try await onThread { transfer throws(MailError) in try transfer.knock() }
    }

    /// libcurl's simple interface waits: it gets a thread of its own, which must not be one of the few of Swift's pool.
    private func onThread(_ body: @escaping @Sendable (MailTransfer) throws(MailError) -> Void) async throws(MailError)
    {
        let result: Result<Void, MailError> = await withCheckedContinuation { continuation in
            let thread = Thread {
                continuation.resume(returning: Result { () throws(MailError) in try body(MailTransfer(self)) })
            }
            thread.stackSize = 1 << 20
            thread.start()
        }
        try result.get()
    }
}
