// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A recovery that is to be asked for.
public struct NewRecovery: Sendable {
    public var kind: Recovery.Kind
    public var certificateID: Int64
    public var orderID: Int64
    public var serialNumber: String
    public var subscriber: String
    public var subscriberID: String
    public var requester: RecoveryPerson
    public var purpose: String
    public var approvals: Int
    /// Seconds until it lapses.
    public var lifetime: TimeInterval

    public init(
        _ kind: Recovery.Kind, certificateID: Int64, orderID: Int64, serialNumber: String, subscriber: String,
        subscriberID: String, requester: RecoveryPerson, purpose: String, approvals: Int, lifetime: TimeInterval
    ) {
        (self.kind, self.certificateID, self.orderID) = (kind, certificateID, orderID)
        (self.serialNumber, self.subscriber, self.subscriberID) = (serialNumber, subscriber, subscriberID)
        (self.requester, self.purpose, self.approvals, self.lifetime) = (requester, purpose, approvals, lifetime)
    }
}
