// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A refusal by the CA that will not change by itself.
public struct OrderRejection: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The CA refused the request.
        case rejected
        /// Somebody withdrew the order at the CA.
        case cancelled
        /// What the CA issued has been revoked or has expired already.
        case retired
    }

    public var kind: Kind
    /// The CA's ids, if it had given any.
    public var order: CAOrder?
    /// The CA's reason in one safe sentence.
    public var reason: String

    public init(kind: Kind = .rejected, order: CAOrder? = nil, reason: String) {
        self.kind = kind
        self.order = order
        self.reason = reason
    }
}
