// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
public import Ledger
import Planning

extension Gateway {
    /// Orders again for the person of an order, by template, product and rules as they are now and the directory as it was last read: the
    /// one way for whoever orders beside the plan.
    ///
    /// - Parameters:
    ///   - actor: who decided, for the record.
    ///   - cause: why the certificate in use is to be replaced; nil where the order has to have ended.
    /// - Throws: as `EnrollmentPlanner.orderAgain`; `EnrollmentError` for rule files that cannot be read.
    public func orderAgain(_ order: Order, by actor: String, because cause: String? = nil) async throws -> Order {
        try await requireTime()
        if order.requestReference != nil { return try await orderRequestAgain(order, by: actor, because: cause) }
        let template = configuration.template(order.template)
        return try await planner.orderAgain(
            order, template: template, product: template.flatMap(backends.product(of:)),
            rules: try template.map { try desk.rules(for: $0, at: ledger.clock.now()) }, by: actor, because: cause)
    }

    private func orderRequestAgain(_ order: Order, by actor: String, because cause: String?) async throws -> Order {
        guard let template = configuration.template(order.template), template.requests != nil, template.enabled,
            let reference = order.requestReference
        else { throw LedgerError.notPossible("template \(order.template) takes no requests any more") }
        let request = try await ledger.request(reference)
        if let objection = RequestCheck.objection(to: request, by: template, backends.product(of: template)) {
            throw LedgerError.notPossible(objection)
        }
        let names = RequestedNames(json: order.names)
        return try await ledger.orderAgain(
            requested: order, by: actor, because: cause ?? "", renewableFor: template.renewableFor
        ) {
            NewOrder(template, requested: $0, names: names)
        }
    }
}
