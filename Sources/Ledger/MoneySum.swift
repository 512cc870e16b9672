// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// Money in several currencies, each for itself: nobody here knows a rate.
public struct MoneySum: Sendable, Hashable {
    private var units: [Currency: Int64] = [:]

    public init() {}

    /// So many times a price; nothing where there is none.
    public init(_ price: Money?, times count: Int = 1) { add(price, times: count) }

    public mutating func add(_ price: Money?, times count: Int = 1) {
        guard let price, count != 0 else { return }
        units[price.currency, default: 0] += price.units * Int64(count)
    }

    public static func + (one: MoneySum, other: MoneySum) -> MoneySum {
        var sum = one
        for money in other.all { sum.add(money) }
        return sum
    }

    /// What there is in one currency, also where it is nothing.
    public subscript(_ currency: Currency) -> Money { Money(units: units[currency] ?? 0, currency) }

    /// By the currency's code.
    public var all: [Money] { units.keys.sorted().map { self[$0] } }

    public var isEmpty: Bool { units.isEmpty }

    /// `18.50 EUR and 20.00 USD`; empty for nothing.
    public var text: String { all.map(\.text).joined(separator: " and ") }

    public var json: JSONValue { .array(all.map(\.json)) }
}
