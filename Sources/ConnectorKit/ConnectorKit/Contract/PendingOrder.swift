// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// An order the CA has taken and not yet decided.
public struct PendingOrder: Sendable {
    /// Who has to act before the CA goes on.
    public enum Party: String, Sendable, CaseIterable {
        /// The CA itself is working.
        case certificateAuthority
        /// The subscriber has to answer the CA's mail.
        case subscriber
        /// Somebody has to approve the order at the CA.
        case approver
        /// An operator has to do something at the CA, such as validating an organization.
        case `operator`
    }

    public var order: CAOrder
    public var waitingFor: Party
    /// When to ask again; nil for the host's own schedule.
    public var retryAfter: Duration?
    /// One sentence for people, such as `pending: waiting for validation of 2 addresses`.
    public var detail: String?
    /// The CA goes on only once it is asked for the order's next step, which may issue: a poll asks, a look (`OrderPolling.look`)
    /// and a search do not. As long as nobody polls, nothing comes of the order.
    public var awaitsStep: Bool

    public init(
        order: CAOrder, waitingFor: Party, retryAfter: Duration? = nil, detail: String? = nil, awaitsStep: Bool = false
    ) {
        self.order = order
        self.waitingFor = waitingFor
        self.retryAfter = retryAfter
        self.detail = detail
        self.awaitsStep = awaitsStep
    }
}
