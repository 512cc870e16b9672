// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// How many open orders wait for the same.
public struct WaitingCount: Sendable, Hashable {
    public let wait: OrderWait
    public let count: Int
    /// Since when the first of them has been under way: since it left, or was planned.
    public let oldest: Date
    /// When the first of them is taken up again; nil for at once, or not by itself.
    public let nextAt: Date?
}
