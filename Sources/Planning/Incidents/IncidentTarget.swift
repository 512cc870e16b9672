// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
public import Settings

/// What an incident orders for the people of one template.
public struct IncidentTarget: Sendable {
    /// The template, at the incident's backend CA and with its product.
    public let template: TemplateConfiguration
    let product: ProductFacts?
    let rules: TemplateRules?

    /// - Throws: `EnrollmentError` where CA or product cannot be used for the template.
    init(
        of incident: Incident, _ template: TemplateConfiguration, _ backends: BackendCARegistry, _ desk: RuleDesk?,
        at date: Date
    ) throws(EnrollmentError) {
        let aimed = template.aimed(at: incident)
        if backends[aimed.backendCA] == nil {
            throw EnrollmentError("there is no backend CA \(aimed.backendCA): see 'certway ca list'")
        }
        self.template = aimed
        product = try backends.fittingProduct(of: aimed, at: date)
        rules = try desk?.rules(for: aimed, at: date)
    }

    init(template: TemplateConfiguration, product: ProductFacts?, rules: TemplateRules?) {
        (self.template, self.product, self.rules) = (template, product, rules)
    }
}

extension TemplateConfiguration {
    /// The same template, for what an incident orders of it.
    ///
    /// - Parameter choice: what was chosen for the person; where the incident names a product, that one counts.
    public func aimed(at incident: Incident, _ choice: OrderChoice? = nil) -> TemplateConfiguration {
        var template = self
        template.backendCA = incident.backendCA ?? backendCA
        template.product = incident.product ?? product
        template.price = price(product: incident.product, validityDays: nil)
        guard var choice else { return template }
        if incident.product != nil { choice.product = nil }
        let price = template.price
        template = template.adjusted(by: choice)
        if choice.validityDays == nil, choice.product(at: template) == nil { template.price = price }
        return template
    }
}
