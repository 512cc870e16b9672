// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
import Testing
import YAMLDocuments

@testable import Settings

/// What orders cost and what may be spent, as the file says it.
@Suite struct PriceTests {
    private static func yaml(_ template: String, _ limits: String = "{}") -> String {
        """
        backendCAs: [{name: a, connector: x, acceptedRoots: /r}]
        templates: [{name: t, group: g, backendCA: a, product: p, delivery: none, \(template)}]
        limits: \(limits)
        """
    }

    private func read(_ text: String) throws -> GatewayConfiguration {
        try ConfigurationReader.read(text, file: "certway.yaml", compiles: false)
    }

    private func problems(_ text: String) throws -> [String] {
        let reading = ConfigurationReader.examine(try YAMLNode.parse(text, file: "certway.yaml"), compiles: false)
        reading.noteInconsistencies()
        do {
            try reading.collector.check()
            return []
        } catch { return error.all.map(\.description) }
    }

    @Test func everyKeyIsRead() throws {
        let configuration = try read(
            Self.yaml(
                "price: 18.50 EUR, charged: placed, limits: {ordersPerRun: 9, replacementsPerRun: 3, endingsPerRun: 2, "
                    + "budgetPerMonth: 500 EUR}", "{budgetPerMonth: 2000 EUR, replacementsPerRun: 7}"))
        let template = try #require(configuration.template("t"))
        #expect(template.price == Money("18.50 EUR") && template.charged == .placed)
        #expect(template.limits.ordersPerRun == 9 && template.limits.replacementsPerRun == 3)
        #expect(template.limits.endingsPerRun == 2 && template.limits.budgetPerMonth == Money("500 EUR"))
        #expect(configuration.limits.budgetPerMonth == Money("2000 EUR"))
        #expect(configuration.limits.replacementsPerRun == 7)
        let plain = try #require(try read(Self.yaml("key: p256")).template("t"))
        #expect(plain.price == nil && plain.charged == .issued && plain.limits == TemplateLimits())
    }

    /// Product and validity decide; nothing is made up for what nobody has said.
    @Test func thePriceFollowsProductAndValidity() throws {
        let template = try #require(
            try read(
                Self.yaml(
                    "validityDays: 365, price: 18 EUR, prices: [{validityDays: 730, price: 31 EUR}, {product: q, price: 9 EUR}]"
                )
            ).template("t"))
        #expect(template.price(product: nil, validityDays: nil)?.text == "18.00 EUR")
        #expect(template.price(product: nil, validityDays: 730)?.text == "31.00 EUR")
        #expect(template.price(product: "q", validityDays: 730)?.text == "9.00 EUR")
        #expect(template.price(product: "other", validityDays: nil)?.text == "18.00 EUR")
        #expect(template.price(product: "p", validityDays: 90)?.text == "18.00 EUR")
    }

    @Test(arguments: ["18.505 EUR", "\"18,50 EUR\"", "18.50", "EUR", "18.50 XXX", "\"\"", "[1]"])
    func anAmountThatIsNoneIsRefusedWithItsPlace(_ price: String) throws {
        let found = try problems(Self.yaml("price: \(price)"))
        #expect(found.count == 1 && found[0].contains("templates[0].price"), "\(found)")
    }

    @Test func oneCurrencyIsHeldAgainstOne() throws {
        #expect(try problems(Self.yaml("price: 1 EUR", "{budgetPerMonth: 5 EUR}")) == [])
        let other = try problems(Self.yaml("price: 1 USD", "{budgetPerMonth: 5 EUR}"))
        #expect(other.count == 1 && other[0].contains("price is in USD and limits.budgetPerMonth in EUR"), "\(other)")
        let own = try problems(Self.yaml("price: 1 USD, limits: {budgetPerMonth: 5 EUR}"))
        #expect(own.count == 1 && own[0].contains("its budgetPerMonth in EUR"), "\(own)")
        let none = try problems(Self.yaml("limits: {budgetPerMonth: 5 EUR}"))
        #expect(none.count == 1 && none[0].contains("has a budgetPerMonth and no price"), "\(none)")
        let warnings = try read(Self.yaml("addressDomains: [example.org]", "{budgetPerMonth: 5 EUR}")).warnings()
        #expect(warnings.contains { $0.contains("template t has no price") }, "\(warnings)")
    }
}
