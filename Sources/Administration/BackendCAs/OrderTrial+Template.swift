// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import ConnectorTesting
public import PKIX
public import Settings

extension OrderTrial {
    /// What a run orders of a product.
    ///
    /// - Parameter key: nil for the first one that the product has.
    public init(of product: String, _ profile: ConnectorProfile, key: KeyType?) {
        let facts = profile.product(product)
        self.init(
            product: product, purpose: facts?.purposes.first ?? .smime, key: key ?? facts?.keyTypes.first ?? .rsa2048,
            validityDays: facts.flatMap(OrderTrial.validityDays))
    }

    /// What a template orders.
    public init(of template: TemplateConfiguration, _ profile: ConnectorProfile) {
        self.init(of: template.product, profile, key: template.key)
        purpose = template.purpose
        options = template.options
        validityDays = template.validityDays ?? validityDays
        logonNames = Set(template.names.keys).intersection(["userPrincipalName", "securityIdentifier"])
    }
}
