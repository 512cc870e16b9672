// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Why a mail was not taken by a server, by who must act.
public struct MailError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        /// Nobody: it was surely not sent, and goes later.
        case later
        /// Operator: server, sign-in or certificate; it was surely not sent.
        case configuration
        /// Nobody can: this mail or its recipient is refused for good.
        case refused
        /// A person: it may have been sent.
        case outcomeUnknown
    }

    public let kind: Kind
    /// One sentence, with what the server said.
    public let message: String
    /// When to try again, where the service said so.
    public let retryAfter: Duration?

    public init(_ kind: Kind, _ message: String, retryAfter: Duration? = nil) {
        (self.kind, self.message, self.retryAfter) = (kind, message, retryAfter)
    }

    public var description: String { "\(kind.rawValue): \(message)" }
}
