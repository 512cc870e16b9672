// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// An amount of money in the smallest unit of its currency: sums are exact, and nothing is ever rounded.
public struct Money: Sendable, Hashable {
    /// Ten thousand million of a currency with two decimals: any number of orders stays far below what an integer holds.
    static let most: Int64 = 1_000_000_000_000
    /// What a text has to be, for sentences.
    public static let expectation = "an amount and a currency by ISO 4217, such as 18.50 EUR"

    /// Smallest units of the currency, such as cents.
    public let units: Int64
    public let currency: Currency

    public init(units: Int64, _ currency: Currency) {
        self.units = units
        self.currency = currency
    }

    /// Reads `18.50 EUR`: digits, a point and as many decimals as the currency has or fewer, and the currency's code.
    ///
    /// - Returns: nil for anything else, and for more than ten thousand million.
    public init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, let currency = Currency(String(words[1])) else { return nil }
        let parts = words[0].split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1] : ""
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            decimals.count <= currency.decimals, parts[0].count <= 12,
            let units = Int64(parts[0] + decimals + String(repeating: "0", count: currency.decimals - decimals.count)),
            units <= Self.most
        else { return nil }
        self.init(units: units, currency)
    }

    /// Of the ledger's columns; nil where there is no price.
    init?(units: Int64?, currency: String?) {
        guard let units, let currency = currency.flatMap(Currency.init) else { return nil }
        self.init(units: units, currency)
    }

    /// With a point and all decimals of the currency: `18.50`.
    public var amount: String {
        let digits = String(units.magnitude)
        let sign = units < 0 ? "-" : ""
        guard currency.decimals > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, currency.decimals + 1 - digits.count)) + digits
        return "\(sign)\(padded.dropLast(currency.decimals)).\(padded.suffix(currency.decimals))"
    }

    /// As it is read: `18.50 EUR`.
    public var text: String { "\(amount) \(currency.code)" }

    /// The amount as text, for a number would be read as an approximation.
    public var json: JSONValue { ["amount": .string(amount), "currency": .string(currency.code)] }
}
