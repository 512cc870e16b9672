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
    public let createdAt: Date
    public let updatedAt: Date
    public let certificateID: Int64?
    /// Validity of the order's certificate.
    public internal(set) var notBefore: Date?
    public internal(set) var notAfter: Date?
    /// The subscriber's newest order with the template, which may be another one than this.
    public let newestOrderID: Int64
    /// How this order ended, when it ended without a certificate.
    public let ending: OrderEnding?
    /// The newest order, where it has ended without taking the place of this active one; at most one.
    public let attempt: [SubscriberStanding]
    /// The active order beside this open one; at most one.
    public internal(set) var activeBeside: [SubscriberStanding]
    /// Certificates of earlier orders, newest first, that are valid although a newer one has taken their place.
    public internal(set) var superseded: [SupersededCertificate]
    /// When the subscriber's newest orders that led to a certificate by the template were made, newest first; a bounded number.
    public internal(set) var purchases: [Date] = []
    /// How many of them are told: more than any bound on them.
    static let mostPurchases = 101

    /// The order whose certificate is in use: this one, or the active one beside it.
    public var inUse: SubscriberStanding? { stage == .active ? self : activeBeside.first }

    /// Leaves those out that are to be revoked already.
    ///
    /// - Parameter asked: what is asked to be done, by certificate.
    public mutating func leaveOut(revoked asked: [Int64: [CertificateAction]]) {
        superseded.removeAll { asked[$0.certificateID]?.contains { $0.kind == .revoke } ?? false }
    }
}
