// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A gateway that works on the database, or has worked on it lately.
public struct GatewayNode: Sendable, Hashable, Identifiable {
    /// Random, kept in the node's folder; what its orders are leased to.
    public let id: String
    /// The machine's name.
    public let host: String
    public let startedAt: Date
    /// When it last said that it is at work, by the database's clock.
    public internal(set) var seenAt: Date
    /// Whether it has said so lately.
    public internal(set) var isAtWork = true
    /// Whether it is the one that reads the directory and plans.
    public internal(set) var isPlanning = false
    /// Orders it has in hand.
    public internal(set) var orders = 0

    public init(id: String, host: String, startedAt: Date) {
        self.id = id
        self.host = host
        self.startedAt = startedAt
        seenAt = startedAt
    }
}
