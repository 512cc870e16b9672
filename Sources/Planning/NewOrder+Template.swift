// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Ledger
import Settings

extension NewOrder {
    /// What a template orders for a person: its CA, product, terms and price, so that no way to order forgets one of them.
    ///
    /// - Parameter template: as it stands for this order, adjusted or aimed.
    init(
        _ template: TemplateConfiguration, subscriberID: String, userPrincipalName: String, names: JSONValue,
        replaces: Int64? = nil, newestKnown: Int64? = nil, reason: String
    ) {
        self.init(
            template: template.name, backendCA: template.backendCA, product: template.product,
            subscriberID: subscriberID, userPrincipalName: userPrincipalName, names: names,
            request: OrderTerms(template: template).json, replaces: replaces, newestKnown: newestKnown,
            reason: reason)
        (price, charged) = (template.price, template.charged)
    }
}
