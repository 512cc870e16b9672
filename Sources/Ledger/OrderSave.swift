// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One order on its way from one state to another in the database.
struct OrderSave {
    /// What is in the database: its fence and event count are compared, so that nobody overwrites what he has not read.
    let before: Order
    let after: Order
    let events: [OrderChange.Event]
    /// Under which the order is worked on; nil for somebody else's word.
    let claim: Claim?

    /// What is appended to the order's history, with its number.
    var numberedEvents: [(order: Order, number: Int, event: OrderChange.Event, claim: Claim?)] {
        events.enumerated().map { (after, before.eventCount + $0.offset + 1, $0.element, claim) }
    }

    init(_ before: Order, as after: Order, _ events: [OrderChange.Event], by claim: Claim?, at now: Date) {
        self.before = before
        self.events = events
        self.claim = claim?.orderID == before.id ? claim : nil
        var after = after
        after.eventCount += events.count
        // What is done again without an event, by a clock that has run ahead since, has to show that clock (`undoFuture`).
        let isLate = now > (before.nextActionAt ?? before.updatedAt) + OrderLedger.clockTolerance
        if !events.isEmpty || after.nextActionAt != before.nextActionAt && isLate { after.updatedAt = now }
        self.after = after
    }
}
