// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Ledger
public import Store

/// One certificate of an incident, and how far its replacement is.
public struct IncidentItem: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable, SQLRepresentable {
        /// Its turn has not come, or the next pass orders.
        case waiting
        /// The replacement is under way.
        case ordered
        /// The CA waits for the person to click.
        case clickMissing
        /// The replacement is where the person's devices fetch it; the old one is not revoked yet.
        case delivered
        /// The revocation has been asked for.
        case revoking
        /// The CA has taken the revocation.
        case revoked
        /// Its validity has ended meanwhile.
        case over
        /// It does not go on by itself; the reason says why.
        case failed
        /// The person cannot have another one; the reason says why.
        case leftOut

        /// Whether nothing remains to be done.
        public var isFinal: Bool { self == .revoked || self == .over }
        /// Whether there is nothing to wait for any more: delivered, or it ends with or without a successor.
        public var isSettled: Bool { isFinal || self == .delivered || self == .revoking }
        /// Whether the gateway itself has nothing more to do before the next people may begin.
        var isThrough: Bool { self != .waiting && self != .ordered }
    }

    /// Whether the person has to prove the mailbox again before the CA issues.
    public enum Proof: String, Sendable, Hashable, CaseIterable, SQLRepresentable {
        /// It was proven within the last 30 days, as far as this ledger knows.
        case fresh
        /// It was proven longer ago, or by nobody that this ledger knows of, and this CA asks people.
        case mustClick
        /// This ledger has nothing from this CA and product to tell by.
        case unknown
        /// This CA has never asked anybody for this product.
        case notNeeded
    }

    public var incidentID: Int64 = 0
    /// In which order people begin; the same for all certificates of a person by one template.
    public var place: Int
    public let certificateID: Int64
    /// The order of that certificate.
    public let orderID: Int64
    public let template: String
    public let subscriberID: String
    public let userPrincipalName: String
    public let serialNumber: String
    public var proof: Proof
    /// The canary is wave 0; nil while its turn has not come.
    public internal(set) var wave: Int?
    public internal(set) var releasedAt: Date?
    public var state: State
    /// One sentence; nil for nothing to say.
    public var reason: String?
    /// The order that takes its place.
    public internal(set) var successorID: Int64?
    /// When the successor was in use.
    public internal(set) var deliveredAt: Date?
    public internal(set) var changedAt: Date

    /// One replacement serves all certificates of a person by one template.
    struct Owner: Hashable {
        let template: String
        let subscriberID: String
    }

    /// Whether the person has a successor.
    public var isReplaced: Bool { state == .delivered || (state.isSettled && successorID != nil) }
    /// Whether it has ended, or is about to, and the person has no successor.
    public var isWithoutSuccessor: Bool { state.isSettled && !isReplaced }

    /// Another certificate of the same person, which has come from what the incident leaves: its turn is that of this one.
    func joined(by order: SubscriberStanding, _ serialNumber: String) -> IncidentItem {
        var item = IncidentItem(
            place: place, certificateID: order.certificateID ?? 0, orderID: order.orderID, template: template,
            subscriberID: subscriberID, userPrincipalName: userPrincipalName, serialNumber: serialNumber, proof: proof,
            reason: "it came from \(order.backendCA) after the incident had begun", changedAt: order.updatedAt)
        (item.incidentID, item.wave, item.releasedAt) = (incidentID, wave, releasedAt)
        return item
    }

    var owner: Owner { Owner(template: template, subscriberID: subscriberID) }

    public init(
        place: Int, certificateID: Int64, orderID: Int64, template: String, subscriberID: String,
        userPrincipalName: String, serialNumber: String, proof: Proof, state: State = .waiting, reason: String? = nil,
        changedAt: Date
    ) {
        self.place = place
        self.certificateID = certificateID
        self.orderID = orderID
        self.template = template
        self.subscriberID = subscriberID
        self.userPrincipalName = userPrincipalName
        self.serialNumber = serialNumber
        self.proof = proof
        self.state = state
        self.reason = reason
        self.changedAt = changedAt
    }
}
