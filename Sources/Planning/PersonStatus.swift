// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Where somebody stands with a template; each person is counted once.
public enum PersonStatus: String, Sendable, CaseIterable {
    /// A certificate in its validity has been delivered; a newer order may be under way beside it (`Replacement`).
    case inUse
    /// A valid certificate was taken out of Intune, here or there, and nothing takes its place.
    case withdrawn
    /// An order is open and goes on by itself.
    case underWay
    /// An order is open and waits for a decision of ours.
    case held
    /// To be ordered for: by the next pass, unless something stands against it (`PlacementStops`).
    case toOrder
    /// Refused, and tried again by itself later.
    case waiting
    /// The order, or the certificate's time, has ended, and nothing happens by itself.
    case ended
    /// A member of the group who gets no certificate.
    case leftOut
    /// No member of the group any more.
    case left

    /// What the number of these people says, for a legend.
    public var meaning: String {
        switch self {
        case .inUse: "have a valid certificate on their devices"
        case .withdrawn: "have a valid certificate that was taken from their devices"
        case .underWay: "have no certificate in use, and an order that goes on by itself"
        case .held: "have no certificate in use, and an order that waits for a decision ('certway order list --held')"
        case .toOrder: "are to get an order, by the next pass where nothing stands against it"
        case .waiting: "were refused by the CA, and the same is tried again later by itself"
        case .ended: "had an order or certificate that ended, and nothing follows by itself"
        case .leftOut: "are in the group and get no certificate, each for a reason"
        case .left: "are not in the group any more"
        }
    }
}
