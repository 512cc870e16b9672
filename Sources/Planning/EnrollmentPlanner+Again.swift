// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger
import Settings

extension EnrollmentPlanner {
    /// Orders again, at once, for the person of an order that has ended: a person has decided so, whatever the planner waits
    /// for. Names and terms are those of now, by the directory as it was last read.
    ///
    /// - Parameters:
    ///   - template: the order's template as it is configured now; nil when it is gone.
    ///   - product: what the CA product needs; nil when the profile does not say.
    ///   - rules: what the order must keep to.
    ///   - actor: who decided, for the record.
    ///   - cause: why the certificate in use is to be replaced; nil where the order has to have ended.
    /// - Throws: `LedgerError`: `.notPossible` while the order is open or when the person may not have a certificate,
    ///   `.alreadyOpen` and `.alreadyActive` for a newer order; `StoreError`; `GraphError` as `plan`.
    public func orderAgain(
        _ order: Order, template: TemplateConfiguration?, product: ProductFacts?, rules: TemplateRules? = nil,
        by actor: String, because cause: String? = nil
    ) async throws -> Order {
        guard order.stage.isFinal || (cause != nil && order.stage == .active) else {
            throw LedgerError.notPossible(
                "order \(order.reference) has not ended, it is \(order.stage.rawValue): see 'certway order show "
                    + "\(order.reference)'")
        }
        guard let template, template.enabled else {
            throw LedgerError.notPossible(
                "template \(order.template) is \(template == nil ? "gone" : "switched off"): nothing is ordered by it")
        }
        try await mirror.requireAddresses()
        let member = try await mirror.members(of: template.group, ids: [order.subscriberID]).first
        await rules?.look(for: [member].compactMap(\.self))
        switch EnrollmentRules(template: template, product: product, rules: rules).find(member) {
        case .left(let reason), .excluded(let reason):
            throw LedgerError.notPossible(
                "\(order.userPrincipalName) gets no certificate by template \(template.name): \(reason)")
        case .entitled(let names, _):
            var new = NewOrder(
                template: template.name, backendCA: template.backendCA, product: template.product,
                subscriberID: order.subscriberID,
                userPrincipalName: member?.person.userPrincipalName ?? order.userPrincipalName, names: names.json,
                request: OrderTerms(template: template).json)
            if order.stage == .active { new.replaces = order.id }
            new.reason =
                "ordered again by \(actor), after order \(order.reference)" + (cause.map { ": \($0)" } ?? "")
            let made = try await ledger.plan(new)
            try await decisions.markCovered(template: template.name, subscribers: [order.subscriberID])
            return made
        }
    }
}
