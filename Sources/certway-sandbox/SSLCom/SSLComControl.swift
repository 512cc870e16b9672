// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// The control API over orders that begin before the book has them.
struct SSLComControl: CAControl {
    let account: SSLComAccount

    var switches: CASwitches { account.server.switches }

    var ordersJSON: [JSONValue] {
        let inBook = account.book.ordersJSON
        return account.all.map { order in
            var value =
                inBook.last { $0["details"]?["ref"]?.string == order.ref }
                ?? [
                    "ca": .string(SSLComSandbox.name), "status": "pending", "product": .string(order.product.id),
                    "reference": JSONValue(order.externalNumber), "emails": JSONValue(order.addresses),
                    "certificates": [],
                ]
            value["id"] = .string(order.ref)
            return value
        }
    }

    var statuses: [String] {
        account.all.map { order in
            (order.bookID.flatMap { account.book.order(id: $0)?.status } ?? .pending).rawValue
        }
    }

    /// Presses the links of what is being validated and decides what then waits.
    func decide(order id: String?, _ decision: OrderDecision) throws(Reply) -> Int {
        let waiting = account.all.filter { order in
            guard id == nil || order.ref == id else { return false }
            return order.bookID.map { account.book.order(id: $0)?.status == decision.concerned } ?? order.isMailed
        }
        if id != nil, waiting.isEmpty { throw ControlError.reply("no such order waits", status: 404) }
        for order in waiting {
            let now = account.clock.now
            let changed = try? account.change(order.ref) { $0.validated = $0.validated ?? now }
            if let id = changed?.bookID { try? account.book.decide(id, decision) }
        }
        return waiting.count
    }
}
