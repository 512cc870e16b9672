// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Ledger
import Store

/// A ledger of many certificates, and what the console asks of it.
struct ConsoleLists: Sendable {
    typealias Call = @Sendable (_ round: Int) async throws -> Void

    private static let batch = 500
    private static let templates = ["smime", "sign", "logon", "seal"]
    private static let authorities = ["public-ca", "inside-ca", "old-ca"]

    let database: any SQLDatabase
    let count: Int
    private var ledger: OrderLedger { OrderLedger(database: database) }

    // MARK: - Rows as years have left them

    private static func name(_ number: Int) -> String { "given\(number % 997).family\(number / 5)" }
    private static func address(_ number: Int) -> String { "\(name(number - number % 5))@example.org" }
    private static func hex(_ number: Int, _ length: Int) -> String {
        // Spread over the whole range, as serial numbers and digests are.
        let mixed = String(UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15, radix: 16)
        let text = String(repeating: "0", count: max(0, 16 - mixed.count)) + mixed
        return String(String(repeating: text, count: length / 16 + 1).prefix(length))
    }
    private static func serial(_ number: Int) -> String { "1" + hex(number, 31).uppercased() }

    /// Four in five have been superseded; of the newest some thousand, orders are under way.
    private static let page = 60

    private func stage(_ number: Int) -> OrderStage {
        // A page of them on any ledger: a smaller one would only be compared with an empty list.
        if number % 997 == 0 || number <= Self.page { return .pending }
        return number % 5 == 4 ? .active : number % 50 == 7 ? .revoked : .superseded
    }

    func fill() async throws {
        for start in stride(from: 1, through: count, by: Self.batch) {
            let numbers = start..<min(count + 1, start + Self.batch)
            let (orders, certificates) = (numbers.map(order), numbers.map(certificate))
            try await database.write { connection in
                try connection.insert(into: "orders", Self.orderColumns, rows: orders)
                try connection.insert(into: "certificates", Self.certificateColumns, rows: certificates)
            }
        }
    }

    private static let orderColumns = [
        "id", "reference", "open_key", "template", "backend_ca", "product", "subscriber_id", "user_principal_name",
        "search_name", "names", "request", "stage", "attempt", "ca_request_id", "ca_identifiers", "held",
        "cancel_requested", "failures", "certificate_id", "created_at", "updated_at", "event_count", "fence",
    ]

    private func order(_ number: Int) -> [SQLValue] {
        let (id, address, time) = (Int64(number), Self.address(number), Int64(1_600_000_000_000 + number * 60_000))
        let stage = stage(number)
        return [
            .integer(id), .text("cw-\(Self.hex(number, 20))"), .text("\(number)"),
            .text(Self.templates[number % 4]), .text(Self.authorities[number % 3]), "client_premium",
            .text("subscriber-\(number / 5)"), .text(address), .text(address),
            SQLValue(["emails": [.string(address)]] as JSONValue), "{}", SQLValue(stage), 1, .text("ca-\(number)"),
            "{}",
            SQLValue(number % 4999 == 0 || number <= Self.page), 0, 0, .integer(id), .integer(time), .integer(time), 5,
            1,
        ]
    }

    private static let certificateColumns = [
        "id", "order_id", "template", "backend_ca", "subscriber_id", "user_principal_name", "der", "chain_ids",
        "serial_number", "issuer", "subject", "sha1_fingerprint", "sha256_fingerprint", "not_before", "not_after",
        "email_addresses", "status", "created_at", "search_name", "search_addresses",
    ]

    private func certificate(_ number: Int) -> [SQLValue] {
        let (id, address, time) = (Int64(number), Self.address(number), Int64(1_600_000_000_000 + number * 60_000))
        let status: CertificateStatus =
            switch stage(number) {
            case .active, .pending: .active
            case .revoked: .revoked
            default: .superseded
            }
        let addresses = SQLValue(JSONValue([address]))
        return [
            .integer(id), .integer(id), .text(Self.templates[number % 4]), .text(Self.authorities[number % 3]),
            .text("subscriber-\(number / 5)"), .text(address), .blob(Array(repeating: 7, count: 1400)), "",
            .text(Self.serial(number)), "CN=Issuing CA", .text("CN=\(Self.name(number))"),
            .text(Self.hex(number, 40)), .text(Self.hex(number, 64)), .integer(time),
            .integer(time + 365 * 86_400_000), addresses, SQLValue(status), .integer(time), .text(address), addresses,
        ]
    }

    // MARK: - What is asked for

    /// One that is there, another one in each round.
    private func some(_ round: Int) -> Int { round &* 7919 % count + 1 }

    var calls: [(name: String, call: Call)] { lists + searches }

    private var lists: [(name: String, call: Call)] {
        func certificates(_ filter: CertificateFilter, _ sort: ListSort? = nil) -> Call {
            { _ in _ = try await ledger.certificates(filter, ListRequest(sort: sort)) }
        }
        func orders(_ filter: OrderFilter, _ sort: ListSort? = nil) -> Call {
            { _ in _ = try await ledger.orders(filter, ListRequest(sort: sort)) }
        }
        let open = Set(OrderStage.allCases.filter(\.isOpen))
        return [
            ("certificates", certificates(CertificateFilter())),
            ("certificates by end", certificates(CertificateFilter(statuses: [.active]), ListSort("end"))),
            (
                "certificates of a template by end",
                certificates(CertificateFilter(statuses: [.active], template: "smime"), ListSort("end"))
            ),
            ("certificates of a backend CA", certificates(CertificateFilter(backendCA: "old-ca"))),
            ("certificates revoked", certificates(CertificateFilter(statuses: [.revoked]))),
            ("certificates by person", certificates(CertificateFilter(), ListSort("user"))),
            (
                "certificates, tenth page by person",
                { _ in
                    var request = ListRequest(sort: ListSort("user"))
                    for _ in 0..<10 {
                        let page = try await ledger.certificates(CertificateFilter(), request)
                        request = ListRequest(after: page.next)
                    }
                }
            ),
            ("orders", orders(OrderFilter())), ("orders open", orders(OrderFilter(stages: open))),
            ("orders held", orders(OrderFilter(held: true))),
            ("orders of a template", orders(OrderFilter(template: "sign"))),
            ("orders active, by change", orders(OrderFilter(stages: [.active]), ListSort("since", isDescending: true))),
            ("numbers", { _ in _ = (try await ledger.counts(), try await ledger.certificateCounts()) }),
        ]
    }

    private var searches: [(name: String, call: Call)] {
        func search(_ text: @escaping @Sendable (Int) -> String) -> Call {
            { round in
                let page = try await ledger.certificates(CertificateFilter(text: text(some(round))), ListRequest())
                guard !page.items.isEmpty else { throw BenchmarkError("nothing is found by \(text(some(round)))") }
            }
        }
        return [
            ("search serial number", search { Self.serial($0) }),
            ("search serial number, beginning", search { String(Self.serial($0).prefix(12)) }),
            ("search fingerprint", search { Self.hex($0, 64) }), ("search address", search { Self.address($0) }),
            ("search word", search { "family\($0 / 5)@" }), ("search beginning", search { "given\($0 % 997)." }),
            ("search reference", search { "cw-\(Self.hex($0, 20))" }), ("search CA request id", search { "ca-\($0)" }),
        ]
    }
}
