// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Ledger
import YAMLDocuments

/// What an order costs that is of another product or validity than the template's own: for whoever orders by hand.
public struct TemplatePrice: Sendable, Hashable {
    /// Nil for the template's.
    public var product: String?
    /// Nil for any.
    public var validityDays: Int?
    public var price: Money

    static func list(_ reader: MappingReader) -> [TemplatePrice] {
        let place = "templates[].prices[]"
        return reader.mappings("prices").compactMap { reader in
            let price = reader.money("price")
            if !reader.has("price") { reader.add("price", "price is missing") }
            let (product, days) = (
                reader.string("product"),
                reader.int("validityDays", in: ConfigurationKeys.all.range(of: "\(place).validityDays"))
            )
            reader.finish(known: ConfigurationKeys.names(in: place))
            return price.map { TemplatePrice(product: product, validityDays: days, price: $0) }
        }
    }
}

extension TemplateConfiguration {
    /// What one order costs: by the first of `prices` that fits product and validity, else the template's own price: a product of which
    /// nobody has said what it costs must not pass a budget as free. Nil where nobody has said anything.
    ///
    /// - Parameters:
    ///   - product: of the order; nil for the template's.
    ///   - validityDays: of the order; nil for the template's.
    public func price(product: String?, validityDays days: Int?) -> Money? {
        let (product, days) = (product ?? self.product, days ?? validityDays)
        let found = prices.first {
            ($0.product ?? self.product) == product && ($0.validityDays == nil || $0.validityDays == days)
        }
        return found?.price ?? price
    }
}
