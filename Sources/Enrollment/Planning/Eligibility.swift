// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import JSONDocuments
import Ledger
import Settings

/// Looks again, before an order leaves, at what it was planned from: an order may have waited for days, for a CA that was
/// down or for a limit, and people are disabled, leave and change their names meanwhile.
public struct Eligibility: Sendable {
    private let mirror: DirectoryMirror
    private let template: @Sendable (String) -> TemplateConfiguration?
    private let product: @Sendable (TemplateConfiguration) -> ProductFacts?

    /// - Parameters:
    ///   - mirror: as fresh as the last reading of the directory.
    ///   - template: the template of that name as it is configured now.
    ///   - product: what the profile says of a template's product.
    public init(
        mirror: DirectoryMirror, template: @escaping @Sendable (String) -> TemplateConfiguration?,
        product: @escaping @Sendable (TemplateConfiguration) -> ProductFacts?
    ) {
        self.mirror = mirror
        self.template = template
        self.product = product
    }

    /// Costs a few index look-ups and jq evaluations, and no network.
    ///
    /// - Parameter order: one of which nothing has left yet.
    /// - Throws: `StoreError`; `GraphError` of kind `transient` while the directory has not been read to its end.
    public func verdict(on order: Order) async throws -> EligibilityVerdict {
        guard let template = template(order.template) else { return .withdraw("template \(order.template) is gone") }
        guard template.enabled else { return .withdraw("template \(template.name) is switched off") }
        try await mirror.requireAddresses()
        let member = try await mirror.members(of: template.group, ids: [order.subscriberID]).first
        switch EnrollmentRules(template: template, product: product(template)).find(member) {
        case .left(let reason), .excluded(let reason): return .withdraw(reason)
        case .entitled(let names):
            guard order.userPrincipalName == member?.person.userPrincipalName else {
                return .changed("the user principal name is another one now")
            }
            return difference(of: order, from: names, template).map { .changed($0) } ?? .fits
        }
    }

    /// What an order planned now would have else, in one sentence; nil for nothing.
    private func difference(of order: Order, from names: RequestedNames, _ template: TemplateConfiguration) -> String? {
        if order.backendCA != template.backendCA {
            return "the template has backend CA \(template.backendCA) now, not \(order.backendCA)"
        }
        if order.product != template.product {
            return "the template has product \(template.product) now, not \(order.product)"
        }
        if (try? OrderTerms(json: order.request)) != OrderTerms(template: template) {
            return "the template asks for another key, validity, archive or delivery now"
        }
        let (old, new) = (RequestedNames(json: order.names).json, names.json)
        let keys = RequestedNames.keys.filter { old[$0] != new[$0] }.sorted()
        return keys.isEmpty ? nil : "the names are other ones now: \(keys.joined(separator: ", "))"
    }
}
