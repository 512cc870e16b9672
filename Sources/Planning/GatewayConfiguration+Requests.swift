// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
public import Ledger
public import Settings

extension GatewayConfiguration {
    /// Looks again, before it leaves, at an order that somebody has requested: its template may be another one by now.
    ///
    /// - Parameter product: what the profile knows of the template's product; nil for nothing.
    public func verdict(
        onRequested order: Order, of request: SubmittedRequest, product: (TemplateConfiguration) -> ProductFacts?
    ) -> EligibilityVerdict {
        guard let template = template(order.template), let requests = template.requests else {
            return .withdraw("template \(order.template) takes no requests any more")
        }
        guard template.enabled else { return .withdraw("template \(template.name) is switched off") }
        if (order.backendCA, order.product) != (template.backendCA, template.product) {
            return .changed("template \(template.name) orders another product now: request it once more")
        }
        if let objection = RequestCheck.objection(to: request, by: template, product(template)) {
            return .withdraw(objection)
        }
        guard !requests.approval || request.decidedBy != nil else {
            return .withdraw(
                "template \(template.name) asks for an administrator's consent by now: 'certway order again \(order.reference)' "
                    + "gives it, or it is requested once more")
        }
        return .fits
    }
}
