// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
public import Ledger
public import Settings

extension GatewayConfiguration {
    /// Looks again, before it leaves, at an order that somebody has requested: its template may be another one by now.
    public func verdict(onRequested order: Order) -> EligibilityVerdict {
        guard let template = template(order.template), let requests = template.requests else {
            return .withdraw("template \(order.template) takes no requests any more")
        }
        guard template.enabled else { return .withdraw("template \(template.name) is switched off") }
        if (order.backendCA, order.product) != (template.backendCA, template.product) {
            return .changed("template \(template.name) orders another product now: request it once more")
        }
        let objections = RequestedNames(json: order.names).hosts.compactMap(requests.objection)
        return objections.isEmpty ? .fits : .withdraw(objections.joined(separator: "; "))
    }
}
