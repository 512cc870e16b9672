// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Lists, counters and the quota (wire/globalsign-atlas.md section 9).
struct AtlasStatsEndpoints: Sendable {
    private static let window: TimeInterval = 600
    private static let longest: TimeInterval = 30 * 86_400

    let account: AtlasAccount

    var routes: [Route] {
        [
            Route("atlas.issued", "GET", "/v2/stats/issued") { call in
                try list(call) { $0.revocation == nil ? $0.changed : $0.created }
            }.listing,
            Route("atlas.revoked", "GET", "/v2/stats/revoked") { call in try list(call) { $0.revocation?.date } }
                .listing,
            Route("atlas.expiring", "GET", "/v2/stats/expiring") { call in
                try list(call, lags: false) { $0.certificate?.notAfter }
            }.listing,
            Route("atlas.countIssued", "GET", "/v2/counters/certificates/issued") { _ in
                value(account.book.orders.count { $0.certificate != nil })
            },
            Route("atlas.countRevoked", "GET", "/v2/counters/certificates/revoked") { _ in
                value(account.book.orders.count { $0.revocation != nil })
            },
            Route("atlas.quota", "GET", "/v2/quotas/issuance") { _ in value(account.quota) },
        ]
    }

    private func value(_ number: Int) -> Reply { .json(["value": JSONValue(number)]) }

    private func list(_ call: Call, lags: Bool = true, _ time: (SandboxOrder) -> Date?) throws -> Reply {
        let query = call.request.query
        var problems: [String: String] = [:]
        for item in query where !["page", "per_page", "from", "to"].contains(item.name) {
            problems[item.name] = "unknown parameter"
        }
        func number(_ name: String, _ range: ClosedRange<Int>) -> Int? {
            guard let text = call.request.query(name) else { return nil }
            guard let number = Int(text), range.contains(number) else {
                problems[name] = "not a number from \(range.lowerBound) to \(range.upperBound)"
                return nil
            }
            return number
        }
        let page = number("page", 1...1_000_000) ?? 1
        let size = number("per_page", 1...100) ?? 10
        let seconds = 0...(1 << 40)
        let now = account.clock.now
        let to = number("to", seconds).map { Date(timeIntervalSince1970: TimeInterval($0)) } ?? now
        let from =
            number("from", seconds).map { Date(timeIntervalSince1970: TimeInterval($0)) }
            ?? to.addingTimeInterval(-Self.window)
        if to.timeIntervalSince(from) > Self.longest { problems["from"] = "the window is longer than 30 days" }
        guard problems.isEmpty else { throw AtlasError.policy(problems) }
        let lag = lags ? account.server.switches.own("statsLag")?.number ?? 0 : 0
        let newest = lags ? min(to, now.addingTimeInterval(-lag)) : to
        // Whole seconds, as the parameters are.
        let rows = account.book.inventory.filter { order in
            guard order.certificate != nil, let time = time(order) else { return false }
            return time >= from && time.timeIntervalSince1970.rounded(.down) <= newest.timeIntervalSince1970
        }
        let shown = account.book.page(rows, offset: (page - 1) * size, size: size, call)
        return .json(
            .array(shown.rows.map(row)),
            headers: [
                ("Total-Count", String(shown.total)),
                ("Links", links(call, page: page, last: max(1, (shown.total + size - 1) / size))),
            ])
    }

    private func row(_ order: SandboxOrder) -> JSONValue {
        [
            "serial_number": .string(AtlasSerial.text(order.serialNumber)),
            "not_before": JSONValue(Int(order.certificate?.notBefore.timeIntervalSince1970 ?? 0)),
            "not_after": JSONValue(Int(order.certificate?.notAfter.timeIntervalSince1970 ?? 0)),
        ]
    }

    /// The plural header, without the `/v2` and with the separators of the vendor's document.
    private func links(_ call: Call, page: Int, last: Int) -> String {
        let others = call.request.query.filter { $0.name != "page" }.map { "&\($0.name)=\($0.value)" }.joined()
        let path = call.request.path.split(separator: "/").dropFirst().joined(separator: "/")
        func link(_ page: Int, _ relation: String) -> String { "</\(path)?page=\(page)\(others)>; rel=\"\(relation)\"" }
        var text = page > 1 ? link(page - 1, "previous") + "; " : ""
        if page < last { text += link(page + 1, "next") + ", " }
        return text + link(last, "last")
    }
}
