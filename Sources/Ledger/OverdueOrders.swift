// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Orders that a CA has had for longer than is usual there, and that wait for the same party.
public struct OverdueOrders: Sendable, Hashable {
    /// The raw value of `PendingOrder.Party`; nil when the CA does not say.
    public let waitingFor: String?
    public let count: Int
    /// Reference of one of them.
    public let example: String
}
