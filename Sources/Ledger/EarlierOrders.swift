// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// The orders that many subscribers have already, read with a few questions for all of them.
struct EarlierOrders {
    /// What an intent has in its way.
    enum Obstacle {
        case open(Int64)
        /// An active one that is not to be replaced.
        case active(Int64)
        /// One that the planner did not know of.
        case newer(Int64)
    }

    private struct Subscriber: Hashable {
        let template: String
        let id: String

        init(_ order: NewOrder) { (template, id) = (order.template, order.subscriberID) }

        init(template: String, id: String) { (self.template, self.id) = (template, id) }
    }

    private struct Earlier {
        let id: Int64
        var stage: OrderStage
        let hasLeft: Bool
        let reference: String
    }

    private var orders: [Subscriber: [Earlier]] = [:]

    init(of batch: [NewOrder], on connection: any SQLConnection) throws {
        for (template, new) in Dictionary(grouping: batch, by: \.template) {
            for list in SQLValueList.lists(Set(new.map(\.subscriberID)).sorted()) {
                try connection.forEachRow(
                    """
                    SELECT subscriber_id, id, stage, attempt, reference FROM orders \
                    WHERE template = ? AND subscriber_id IN (\(list.places))
                    """, [.text(template)] + list.parameters
                ) { row in
                    let attempt: Int = try row[3]
                    orders[Subscriber(template: template, id: try row[0]), default: []].append(
                        Earlier(id: try row[1], stage: try row[2], hasLeft: attempt > 0, reference: try row[4]))
                }
            }
        }
    }

    /// What stands in the way of the intent; nil for nothing.
    func obstacle(to new: NewOrder) -> Obstacle? {
        let known = orders[Subscriber(new)] ?? []
        if let open = known.first(where: \.stage.isOpen) { return .open(open.id) }
        if let active = known.first(where: { $0.stage == .active && $0.id != new.replaces }) {
            return .active(active.id)
        }
        guard let newestKnown = new.newestKnown, let newest = known.map(\.id).max(), newest != newestKnown else {
            return nil
        }
        return .newer(newest)
    }

    /// The reference of the intent: of the first number, from how many orders of theirs have left, that no order holds which may be at a
    /// CA. One that has ended and never left gives its own back, or numbers that were used up by such would hide from a restored
    /// database what has left.
    ///
    /// - Returns: also the ended order whose reference it is.
    func reference(for new: NewOrder, secret: String?) -> (text: String, former: Int64?) {
        let known = orders[Subscriber(new)] ?? []
        guard secret != nil else {
            return (OrderReference.make(new.template, new.subscriberID, secret: nil, number: 0), nil)
        }
        var number = known.count(where: \.hasLeft)
        while true {
            let text = OrderReference.make(new.template, new.subscriberID, secret: secret, number: number)
            guard let holder = known.first(where: { $0.reference == text }) else { return (text, nil) }
            if !holder.hasLeft, holder.stage.isFinal { return (text, holder.id) }
            number += 1
        }
    }

    /// One that is about to be put on record.
    mutating func add(_ new: NewOrder, reference: String) {
        orders[Subscriber(new), default: []].append(
            Earlier(id: .max, stage: .planned, hasLeft: false, reference: reference))
    }
}
