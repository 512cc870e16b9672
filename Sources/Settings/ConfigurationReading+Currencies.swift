// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger

extension ConfigurationReading {
    /// Amounts of different currencies are not compared, and a budget that no price can be held against bounds nothing.
    func noteCurrencies() {
        let budget = configuration.limits.budgetPerMonth
        for (template, reader) in zip(configuration.templates, templates) {
            let subject = "template \(template.name): "
            let prices = [template.price].compactMap(\.self) + template.prices.map(\.price)
            for (place, budget) in [("limits.budgetPerMonth", template.limits.budgetPerMonth), ("price", budget)] {
                guard let budget, let other = prices.first(where: { $0.currency != budget.currency }) else { continue }
                let what = place == "price" ? "limits.budgetPerMonth" : "its budgetPerMonth"
                reader.add(
                    place == "price" ? "price" : "limits",
                    subject + "its price is in \(other.currency.code) and \(what) in \(budget.currency.code)",
                    hint: "there is no rate here: say both in one currency")
            }
            if template.limits.budgetPerMonth != nil, prices.isEmpty {
                reader.add(
                    "limits", subject + "has a budgetPerMonth and no price", hint: "add price, such as price: 18.50 EUR"
                )
            }
        }
    }
}
