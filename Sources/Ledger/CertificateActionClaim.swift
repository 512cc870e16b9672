// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// The right to work on one action for a while, as `Claim` is for an order.
public struct CertificateActionClaim: Sendable, Hashable {
    /// The action as it was when claimed.
    public let action: CertificateAction
    public let owner: String
    public let fence: Int64
    /// When it was claimed or renewed, by the database's clock.
    public let claimedAt: Date
    /// Until when nobody else can have claimed it, by the machine's uptime.
    public let heldUntil: Duration
}
