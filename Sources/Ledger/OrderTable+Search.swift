// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension OrderTable {
    /// Conditions on `orders o` for what stands for one order, as typed or in one case throughout; each reads an index.
    ///
    /// - Parameter others: columns that are not looked at.
    static func identities(
        _ text: String, besides others: Set<String> = []
    ) -> [(condition: String, parameters: [SQLValue])] {
        let forms = [text, text.lowercased(), text.uppercased()].map(SQLValue.text)
        var identities = ["o.subscriber_id", "o.ca_request_id"].map {
            (condition: "\($0) IN (?, ?, ?)", parameters: forms)
        }
        let reference = TypedWord.withoutEllipsis(text).lowercased()
        if reference.hasPrefix(OrderReference.start), reference.count >= OrderReference.start.count + TypedWord.shortest
        {
            let range = TypedWord.range(reference).map(SQLValue.text)
            identities.append(("o.reference >= ? AND o.reference < ?", range))
        }
        return identities
    }

    /// Questions for the ids, as `found_id`, of orders that a text means.
    static func found(by text: String) -> [(sql: String, parameters: [SQLValue])] {
        [OrderNameTable.beginning(with: text)]
            + identities(text).map { ("SELECT o.id AS found_id FROM orders o WHERE \($0.condition)", $0.parameters) }
    }
}
