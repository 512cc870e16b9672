// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// Where one subscriber stands with one template: the open order if there is one, else the active, else the newest.
/// Light, because a planner asks for everybody.
public struct SubscriberStanding: Sendable, Hashable {
    public let subscriberID: String
    /// As it was when the order was planned.
    public let userPrincipalName: String
    public let orderID: Int64
    public let reference: String
    public let backendCA: String
    public let product: String
    /// What the order asks for.
    public let names: JSONValue
    public let stage: OrderStage
    public let isHeld: Bool
    public let updatedAt: Date
    public let certificateID: Int64?
    /// End of validity of the order's certificate.
    public internal(set) var notAfter: Date?
    /// The subscriber's newest order with the template, which may be another one than this.
    public let newestOrderID: Int64
    /// How this order ended, when it ended without a certificate.
    public let ending: OrderEnding?
}
