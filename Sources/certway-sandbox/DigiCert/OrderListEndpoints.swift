// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments

/// Lists of orders (wire/digicert-certcentral.md section 11).
struct OrderListEndpoints: Sendable {
    let account: DigiCertAccount

    var routes: [Route] {
        [
            Route("digicert.statusChanges", "GET", "/services/v2/order/certificate/status-changes") { try changes($0) },
            Route("digicert.orders", "GET", "/services/v2/order/certificate") { try list($0) }.listing,
        ]
    }

    private func list(_ call: Call) throws -> Reply {
        let wanted = try number("limit", call, default: 1000)
        let offset = try number("offset", call, default: 0)
        guard (1...1000).contains(wanted) else { throw DigiCertError.invalid("limit", "Expected 1 to 1000.") }
        let limit = min(wanted, account.switches.own("pageCap")?.int ?? 1000)
        let filter = try OrderFilter(call.request)
        return try account.change { state in
            try account.advanceOverdue(in: &state)
            let rows = filter.select(state, now: account.clock.now)
            let first = state.switches.disobeys(.inventoryRepeats) ? 0 : offset
            let (page, total) =
                call.pageTrouble?.page(rows, offset: first, size: limit)
                ?? (Array(rows.dropFirst(first).prefix(limit)), rows.count)
            var answer: JSONValue = [
                "page": ["total": JSONValue(total), "limit": JSONValue(limit), "offset": JSONValue(offset)]
            ]
            // A page without rows has no list either: so public recordings of the service show it.
            if !page.isEmpty { answer["orders"] = .array(page.map(\.row)) }
            return .json(answer)
        }
    }

    private func number(_ name: String, _ call: Call, default value: Int) throws(Reply) -> Int {
        guard let text = call.request.query(name) else { return value }
        guard let number = Int(text), number >= 0 else { throw DigiCertError.invalid(name, "Expected a whole number.") }
        return number
    }

    private func changes(_ call: Call) throws -> Reply {
        let name = "filters[status_last_updated]"
        let parts = (call.request.query(name) ?? "").components(separatedBy: "...")
        guard parts.count == 2, let start = Self.date(parts[0], endOfDay: false),
            let end = Self.date(parts[1], endOfDay: true), start <= end
        else { throw DigiCertError.invalid(name, "Expected two dates joined by three dots.") }
        guard end.timeIntervalSince(start) <= 8 * 86_400 else {
            throw DigiCertError.invalid(name, "The range may be a week long.")
        }
        return try account.change { state in
            try account.advanceOverdue(in: &state)
            let known = state.switches.disobeys(.forgetsOrders) ? [] : Array(state.orders.values)
            let orders = known.filter { (start...end).contains($0.statusChanged) }.sorted {
                $0.id < $1.id
            }
            return .json([
                "orders": .array(
                    orders.map { order in
                        var value: JSONValue = [
                            "order_id": JSONValue(id: order.id), "status": .string(order.status.rawValue),
                        ]
                        if let id = order.activeCertificateID { value["certificate_id"] = JSONValue(id: id) }
                        return value
                    })
            ])
        }
    }

    private static func date(_ text: String, endOfDay: Bool) -> Date? {
        if let day = Timestamp.readDay(text) { return endOfDay ? day.addingTimeInterval(86_399) : day }
        return Timestamp.read(text)
    }
}
