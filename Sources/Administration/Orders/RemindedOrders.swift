// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
public import Ledger

/// Whom CAs were asked to write to again.
public struct RemindedOrders: Sendable {
    /// Or with a dry run those that would be.
    public internal(set) var reminded: [Order] = []
    /// Written to a short time ago.
    public internal(set) var rested: [Order] = []
    public internal(set) var refused: [ReleasedOrders.Refusal] = []

    public var json: JSONValue {
        [
            "reminded": .array(reminded.map(\.json)), "rested": JSONValue(rested.map(\.reference)),
            "refused": .array(
                refused.map { ["reference": .string($0.order.reference), "reason": .string($0.reason)] }),
        ]
    }
}
