// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Ledger

/// An order and everything that happened to it, oldest first.
public struct OrderTimeline: Sendable {
    public let order: Order
    public let events: [OrderEvent]

    public var json: JSONValue {
        var value = order.json
        value["events"] = .array(events.map(\.json))
        return value
    }
}
