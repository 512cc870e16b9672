// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Testing

/// `certway cost`: what was spent, by what it was for.
@Suite(.timeLimit(.minutes(5))) struct CostReportTests {
    private let office: Office

    init() async throws { office = try await Office() }

    private func plan(_ person: String, _ price: String?, template: String = "smime", product: String = "p")
        async throws
    {
        var new = NewOrder(
            template: template, backendCA: "one", product: product, subscriberID: person,
            userPrincipalName: "\(person)@example.org", names: [:], request: [:])
        new.price = price.flatMap { Money($0) }
        _ = try await office.ledger.plan(new)
    }

    private func report(_ grouping: CostReport.Grouping = .all, template: String? = nil) async throws -> CostReport {
        try await CostAdministration(office.store).report(grouping, template: template)
    }

    @Test func rowsTellApartWhatIsAskedFor() async throws {
        for person in ["ada", "bob", "cy"] { try await plan(person, "10.10 EUR") }
        try await plan("dee", "3 EUR", product: "q")
        try await plan("ada", "5 USD", template: "logon")
        try await plan("bob", nil, template: "logon")
        let all = try await report()
        #expect(all.total.text == "33.30 EUR and 5.00 USD")
        #expect(
            all.rows.map { "\($0.template) \($0.product) \($0.orders) \($0.cost?.text ?? "-")" } == [
                "logon p 1 -", "logon p 1 5.00 USD", "smime p 3 30.30 EUR", "smime q 1 3.00 EUR",
            ])
        #expect(
            all.rows.allSatisfy { $0.month == CalendarMonth(of: office.store.clock.now()).text && $0.certificates == 0 }
        )
        #expect(all.rows[2].underWay == 3 && all.rows[2].underWayCost?.text == "30.30 EUR")
        let months = try await report(.month, template: "smime")
        #expect(months.rows.map { "\($0.template)\($0.orders) \($0.cost?.text ?? "")" } == ["4 33.30 EUR"])
        #expect(try await report(.product).rows.map(\.product) == ["p", "p", "p", "q"])
        #expect(try await report(.template).rows.count == 3)
    }

    @Test func aCancelledOrderCostsNothingAndIsCounted() async throws {
        try await plan("ada", "10 EUR")
        let order = try #require(try await office.ledger.orders(OrderFilter()).first)
        try await office.ledger.requestCancel(order.id, by: "eve")
        let row = try #require(try await report().rows.first)
        #expect(row.orders == 1 && row.underWay == 0 && row.cost?.text == "0.00 EUR")
        #expect(row.json["cost"] == ["amount": "0.00", "currency": "EUR"])
    }
}
