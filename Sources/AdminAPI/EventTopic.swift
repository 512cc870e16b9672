// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration

/// What somebody wants to hear of.
enum EventTopic: Hashable, Sendable {
    case overview
    /// Any order.
    case orders
    case order(String)
    case run(String)
    case replacement(String)

    /// - Parameter text: such as `order:cw-…`; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts.count == 2 ? parts[1] : ""
        switch (parts[0], name.isEmpty) {
        case ("overview", true): self = .overview
        case ("orders", true): self = .orders
        case ("order", false): self = .order(name)
        case ("run", false): self = .run(name)
        case ("replacement", false): self = .replacement(name)
        default: return nil
        }
    }

    static let forms = ["overview", "orders", "order:REFERENCE", "run:ID", "replacement:NAME"]

    var text: String {
        switch self {
        case .overview: "overview"
        case .orders: "orders"
        case .order(let reference): "order:\(reference)"
        case .run(let id): "run:\(id)"
        case .replacement(let name): "replacement:\(name)"
        }
    }

    /// Nil for what everybody may hear of who knows its random id.
    var permission: Permission? {
        switch self {
        case .overview: .readServices
        case .orders, .order, .replacement: .readOrders
        case .run: nil
        }
    }
}
