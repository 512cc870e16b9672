// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One cause that keeps orders of one backend CA from moving on.
public struct OrderObstacle: Sendable, Hashable {
    /// Whose answer an order waits for.
    public enum Side: String, Sendable {
        case certificateAuthority
        /// The certificate is here and cannot be handed over.
        case delivery
        /// Nobody's: the CA has ended the order.
        case ended
    }

    public let backendCA: String
    public let side: Side
    /// Raw value of the failure's kind; nil for orders held without one.
    public let errorKind: String?
    /// A person has to decide; otherwise the step is tried again by itself.
    public let isHeld: Bool
    /// One sentence, the cause first.
    public let cause: String
    public internal(set) var count: Int
    /// Reference of one of the orders.
    public let example: String

    /// One for each cause. What a service adds for its support, another word at each request, is no cause of its own: the
    /// first one stands for all.
    static func merged(_ obstacles: [OrderObstacle]) -> [OrderObstacle] {
        var merged: [OrderObstacle] = []
        var places: [[String?]: Int] = [:]
        for obstacle in obstacles {
            let cause = obstacle.cause.replacing(/request-id [^ ,;)]+/, with: "request-id")
            let key = [obstacle.backendCA, obstacle.side.rawValue, obstacle.errorKind, "\(obstacle.isHeld)", cause]
            if let place = places[key] {
                merged[place].count += obstacle.count
            } else {
                places[key] = merged.count
                merged.append(obstacle)
            }
        }
        return merged
    }
}
