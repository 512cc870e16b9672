// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A failure of a connector, named after who must act.
///
/// `message` is safe to show to anyone and to store; `detail` may quote the CA and goes to logs only. Two errors are
/// equal when their kinds are, so tests compare kinds and logs print everything.
public struct ConnectorError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Nobody: it goes away by itself. The host retries with growing distance.
        case transient
        /// Nobody: the CA asks us to slow down. The host waits and slows every call to that backend CA.
        case throttled
        /// Operator: the CA does not accept our credentials or rights. The backend CA pauses.
        case authentication
        /// Operator: profile, settings or account are wrong. The host retries with growing distance and raises an alarm.
        case configuration
        /// Requester: the CA refuses this request. The order fails; others go on.
        case refused
        /// Nobody yet: the request may have been executed. The host searches by reference before anything else; see
        /// `ifAbsent`.
        case outcomeUnknown
    }

    public var kind: Kind
    public var message: String
    public var detail: String?
    /// When to try again, if the CA said so.
    public var retryAfter: Duration?
    /// For `outcomeUnknown`: what the answer means once a search has shown that the CA does not have the order. An answer
    /// that looks like a refusal without being one that protocol or profile names is such a case. Nil for an answer that
    /// was lost: then the order is placed again. Beside `configuration`, `transient` says that the CA answered what nobody
    /// could read: the next answer may be readable, so nothing lasting is concluded from it.
    public var ifAbsent: Kind?
    /// For a call that may make an order and whose gate was open: whether it is certain that not a byte of the request has left,
    /// such as when nobody listens at the CA's address. The order was not taken then, and no search is needed. Whatever the
    /// other side says, and whatever it might have read, is no such proof.
    public var hasSurelyNotLeft: Bool

    public init(
        _ kind: Kind, _ message: String, detail: String? = nil, retryAfter: Duration? = nil, ifAbsent: Kind? = nil,
        hasSurelyNotLeft: Bool = false
    ) {
        self.kind = kind
        self.message = message
        self.detail = detail
        self.retryAfter = retryAfter
        self.ifAbsent = ifAbsent
        self.hasSurelyNotLeft = hasSurelyNotLeft
    }

    public static func == (left: ConnectorError, right: ConnectorError) -> Bool { left.kind == right.kind }
    public func hash(into hasher: inout Hasher) { hasher.combine(kind) }

    public var description: String { "\(kind.rawValue): \(message)" }
}
