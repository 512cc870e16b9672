// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// The list of orders (docs/wire/ssl-com.md section 6): an array, newest first, without a total.
struct SSLComListEndpoint: Sendable {
    private static let known: Set<String> = [
        "account_key", "secret_key", "per_page", "page", "start", "end", "filter", "search", "fields",
    ]

    let account: SSLComAccount

    var routes: [Route] { [Route("sslcom.orders", "GET", "/certificates") { try list($0) }.listing] }

    private func list(_ call: Call) throws -> Reply {
        for item in call.request.query where !Self.known.contains(item.name) {
            throw SSLComError.unknownParameter(item.name)
        }
        let size = min(try number("per_page", call) ?? 10, 1000)
        let page = try number("page", call) ?? 1
        let start = try day("start", call) ?? .distantPast
        // Inclusive.
        let end = try day("end", call)?.addingTimeInterval(86_400) ?? .distantFuture
        let newest = account.clock.now.addingTimeInterval(-(account.server.switches.own("listLag")?.number ?? 0))
        let search = call.request.query("search")?.lowercased() ?? ""
        let isVouchers = call.request.query("filter") == "vouchers"
        let found = rows.filter { order in
            start <= order.created && order.created < end && order.created <= newest
                && (!isVouchers || order.csr == nil) && matches(order, search)
        }
        let fields = call.request.query("fields").map { Set($0.split(separator: ",").map(String.init)) }
        let shown = account.book.page(found, offset: (page - 1) * size, size: size, call).rows.map { order in
            let row = SSLComOrderJSON(order, account: account).row
            return fields.map { fields in .object((row.object ?? [:]).filter { fields.contains($0.key) }) } ?? row
        }
        return .json(.array(shown))
    }

    /// Newest first, with the lies about lists: they are about orders here, which the book does not know from the start.
    private var rows: [SSLComOrder] {
        let switches = account.server.switches
        if switches.disobeys(.forgetsOrders) { return [] }
        var rows = Array(account.all.reversed())
        if switches.disobeys(.inventoryIncomplete) { rows = rows.indices.filter { $0 % 2 == 1 }.map { rows[$0] } }
        return switches.disobeys(.inventoryRepeats) ? rows.flatMap { [$0, $0] } : rows
    }

    private func matches(_ order: SSLComOrder, _ search: String) -> Bool {
        search.isEmpty
            || ([order.ref, order.externalNumber ?? "", order.csr?.subject.commonName ?? ""] + order.addresses)
                .contains { $0.lowercased().contains(search) }
    }

    private func number(_ name: String, _ call: Call) throws -> Int? {
        guard let text = call.request.query(name) else { return nil }
        guard let number = Int(text), number > 0 else { throw SSLComError.reply(400, name, "is not a number") }
        return number
    }

    /// MM-DD-YYYY: the beginning of that day in UTC.
    private func day(_ name: String, _ call: Call) throws -> Date? {
        guard let text = call.request.query(name) else { return nil }
        let parts = text.split(separator: "-")
        guard parts.map(\.count) == [2, 2, 4], let day = Timestamp.readDay("\(parts[2])-\(parts[0])-\(parts[1])")
        else { throw SSLComError.reply(400, name, "is not MM-DD-YYYY") }
        return day
    }
}
