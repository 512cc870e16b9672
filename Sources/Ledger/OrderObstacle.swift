// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

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
    /// When the last step of one of them was taken.
    public internal(set) var triedAt: Date?
    /// When the first of them is taken up again; nil for at once, or not by itself.
    public internal(set) var nextAt: Date?

    /// One for each cause. What a sentence says of its order alone is no cause of its own (the reference, the CA's id, addresses
    /// and numbers), nor what a service adds for its support, another word at each request: the first one stands for all.
    static func merged(_ found: [(obstacle: OrderObstacle, caRequestID: String?)]) -> [OrderObstacle] {
        var merged: [OrderObstacle] = []
        var places: [[String?]: Int] = [:]
        for (obstacle, id) in found {
            let key = [
                obstacle.backendCA, obstacle.side.rawValue, obstacle.errorKind, "\(obstacle.isHeld)", obstacle.kind(id),
            ]
            if let place = places[key] {
                merged[place].count += obstacle.count
                merged[place].triedAt = [merged[place].triedAt, obstacle.triedAt].compactMap(\.self).max()
                merged[place].nextAt = merged[place].nextAt.flatMap { first in obstacle.nextAt.map { min(first, $0) } }
            } else {
                places[key] = merged.count
                merged.append(obstacle)
            }
        }
        return merged
    }

    /// The cause without what is the order's own.
    private func kind(_ caRequestID: String?) -> String {
        var kind = cause.replacing(example, with: "ORDER").withoutPassingDetails
        guard isHeld else { return kind }
        // Shorter ones are found in any number.
        if let caRequestID, caRequestID.count > 3 { kind = kind.replacing(caRequestID, with: "ID") }
        return kind.replacing(/[^\s"'<>(),;]+@[^\s"'<>(),;]+/, with: "ADDRESS").replacing(/"[^"]*"/, with: "TEXT")
            .replacing(/[0-9A-Fa-f]{16,}/, with: "NUMBER")
    }
}
