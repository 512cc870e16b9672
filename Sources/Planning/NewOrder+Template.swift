// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
import JSONDocuments
public import Ledger
public import Settings

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

    /// What a template orders for a request that somebody has brought.
    public init(_ template: TemplateConfiguration, requested request: SubmittedRequest, names: RequestedNames) {
        var terms = OrderTerms(template: template)
        terms.csr = request.csr
        self.init(
            template, subscriberID: request.subscriberID, userPrincipalName: request.requester, names: names.json,
            reason: "requested by \(request.requester) for \(request.hosts.joined(separator: ", "))")
        self.request = terms.json
    }
}
