// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments

/// `filters[…]` and `sort` of the order list (wire/digicert-certcentral.md section 11).
struct OrderFilter {
    private let conditions: [String: [String]]
    private let sort: [(isDescending: Bool, key: String)]

    private static let filters: Set<String> = [
        "id", "status", "organization_id", "product_name_id", "valid_till", "user_id", "common_name", "domain_name",
        "date_created", "container_id", "metadata_id", "is_renewed", "email", "certificate_id", "serial_number",
        "search",
    ]
    private static let sortKeys = ["order_id", "date_created", "common_name", "status", "valid_till", "product_name"]

    init(_ request: ServerRequest) throws(Reply) {
        var conditions: [String: [String]] = [:]
        for item in request.query where item.name.hasPrefix("filters[") {
            let name = String(item.name.dropFirst(8).prefix { $0 != "]" })
            guard Self.filters.contains(name) else {
                throw DigiCertError.invalid(item.name, "There is no such filter.")
            }
            conditions[name, default: []].append(item.value)
        }
        self.conditions = conditions
        var sort: [(isDescending: Bool, key: String)] = []
        for word in (request.query("sort") ?? "-date_created").split(separator: ",") {
            // A plus sign that nobody encoded arrives as a blank.
            let key = String(word.drop { "+- ".contains($0) })
            guard Self.sortKeys.contains(key) else { throw DigiCertError.invalid("sort", "Cannot sort by '\(key)'.") }
            sort.append((word.first == "-", key))
        }
        self.sort = sort
    }

    func select(_ state: DigiCertState, now: Date) -> [OrderJSON] {
        let rows = state.orders.values.map { OrderJSON(order: $0, state: state, now: now) }
            .filter { row in conditions.allSatisfy { Self.matches($0.value, Self.values($0.key, row)) } }
            .sorted { isBefore($0, $1) }
        if state.switches.disobeys(.forgetsOrders) { return [] }
        if state.switches.disobeys(.inventoryIncomplete) {
            return rows.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        }
        return state.switches.disobeys(.inventoryRepeats) ? rows.flatMap { [$0, $0] } : rows
    }

    private func isBefore(_ left: OrderJSON, _ right: OrderJSON) -> Bool {
        for (isDescending, key) in sort {
            let (a, b) = (Self.sortValue(key, left), Self.sortValue(key, right))
            if a != b { return (a < b) != isDescending }
        }
        let isDescending = sort.first?.isDescending ?? false
        return (left.order.id < right.order.id) != isDescending
    }

    private static func sortValue(_ key: String, _ row: OrderJSON) -> String {
        switch key {
        case "order_id": String(row.order.id + 1_000_000_000)
        case "product_name": row.order.request.product.name
        default: values(key, row).first ?? ""
        }
    }

    /// What a filter looks at; one of several values is enough.
    private static func values(_ filter: String, _ row: OrderJSON) -> [String] {
        let order = row.order
        let certificates = order.certificateIDs.compactMap { row.state.certificates[$0] }
        switch filter {
        case "id": return [String(order.id)]
        // Expired orders count as issued (section 7).
        case "status": return row.status == .expired ? ["issued", "expired"] : [row.status.rawValue]
        case "organization_id": return order.request.organizationID.map { [String($0)] } ?? []
        case "product_name_id": return [order.request.product.nameID]
        case "valid_till": return certificates.suffix(1).map { Timestamp.day($0.certificate.notAfter) }
        case "user_id": return ["5001"]
        case "common_name": return [row.commonName]
        case "date_created": return [Timestamp.offset(order.created)]
        case "container_id": return [String(DigiCertAccount.containerID)]
        case "metadata_id": return order.request.customFields.keys.map(String.init)
        case "is_renewed": return [order.renewedBy == nil ? "0" : "1"]
        case "email": return order.request.emails
        case "certificate_id": return order.certificateIDs.map(String.init)
        case "serial_number": return certificates.map(\.serialNumber)
        case "search":
            return [String(order.id), row.commonName] + order.request.emails + certificates.map(\.serialNumber)
        default: return []
        }
    }

    private static func matches(_ wanted: [String], _ found: [String]) -> Bool {
        wanted.contains { condition in found.contains { matches(condition, $0) } }
    }

    private static func matches(_ condition: String, _ found: String) -> Bool {
        if let range = condition.range(of: "...") {
            let (low, high) = (condition[..<range.lowerBound], condition[range.upperBound...])
            // The end of a range of days is the whole day.
            return found >= low && (found <= high || found.hasPrefix(high))
        }
        for (sign, holds) in [(">=", { $0 >= $1 }), ("<=", { $0 <= $1 }), (">", { $0 > $1 }), ("<", { $0 < $1 })]
            as [(String, (String, String) -> Bool)] where condition.hasPrefix(sign)
        {
            return holds(found, String(condition.dropFirst(sign.count)))
        }
        let (condition, found) = (condition.lowercased(), found.lowercased())
        guard condition.contains("%") else { return condition == found }
        return wildcard(condition.split(separator: "%", omittingEmptySubsequences: false), found)
    }

    private static func wildcard(_ parts: [Substring], _ text: String) -> Bool {
        guard let first = parts.first, let last = parts.last, text.hasPrefix(first) else { return false }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.range(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
