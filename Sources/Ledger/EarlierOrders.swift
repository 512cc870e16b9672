// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// The orders that many subscribers have already, read with a few questions for all of them.
struct EarlierOrders {
    private struct Subscriber: Hashable {
        let template: String
        let id: String

        init(_ order: NewOrder) { (template, id) = (order.template, order.subscriberID) }

        init(template: String, id: String) { (self.template, self.id) = (template, id) }
    }

    private var orders: [Subscriber: [(id: Int64, stage: OrderStage)]] = [:]

    init(of batch: [NewOrder], on connection: any SQLConnection) throws {
        for (template, new) in Dictionary(grouping: batch, by: \.template) {
            for list in SQLValueList.lists(Set(new.map(\.subscriberID)).sorted()) {
                try connection.forEachRow(
                    "SELECT subscriber_id, id, stage FROM orders WHERE template = ? AND subscriber_id IN (\(list.places))",
                    [.text(template)] + list.parameters
                ) { row in
                    orders[Subscriber(template: template, id: try row[0]), default: []].append((try row[1], try row[2]))
                }
            }
        }
    }

    /// How many the subscriber has had.
    func count(before new: NewOrder) -> Int { orders[Subscriber(new)]?.count ?? 0 }

    /// Whether nothing stands in the way of the intent, as `OrderTable.obstacle(to:)` says for one.
    func allow(_ new: NewOrder) -> Bool {
        let known = orders[Subscriber(new)] ?? []
        if known.contains(where: { $0.stage.isOpen || ($0.stage == .active && $0.id != new.replaces) }) { return false }
        guard let newestKnown = new.newestKnown, let newest = known.map(\.id).max() else { return true }
        return newest == newestKnown
    }

    /// One that is about to be put on record.
    mutating func add(_ new: NewOrder) { orders[Subscriber(new), default: []].append((.max, .planned)) }
}
