// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Ledger

/// What became of held orders that were to be worked on again.
public struct ReleasedOrders: Sendable {
    public struct Refusal: Sendable {
        public let order: Order
        /// Why it stays held, in one sentence.
        public let reason: String
    }

    public struct Release: Sendable {
        public let order: Order
        /// Why it was held.
        public let reason: String

        var json: JSONValue {
            var value = order.json
            value["wasHeldBecause"] = .string(reason)
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
