// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Ledger

/// What became of orders that were to be worked on again.
public struct ReleasedOrders: Sendable {
    public struct Refusal: Sendable {
        public let order: Order
        /// Why it stays as it is, in one sentence.
        public let reason: String
    }

    public struct Release: Sendable {
        public let order: Order
        /// Why it was held or delayed.
        public let reason: String
        private let wasHeld: Bool

        /// - Parameter before: the order as it stood still.
        init(order: Order, before: Order) {
            self.order = order
            reason = before.holdReason ?? before.detail ?? ""
            wasHeld = before.isHeld
        }

        var json: JSONValue {
            var value = order.json
            value[wasHeld ? "wasHeldBecause" : "wasDelayedBecause"] = .string(reason)
            return value
        }
    }

    /// Due now, or with a dry run the ones that would be.
    public internal(set) var released: [Release] = []
    public internal(set) var refused: [Refusal] = []

    public var json: JSONValue {
        [
            "released": .array(released.map(\.json)),
            "refused": .array(
                refused.map { ["reference": .string($0.order.reference), "reason": .string($0.reason)] }),
        ]
    }
}
