// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
import Records

extension Entrance {
    /// Of a use case about one order.
    func pass<Result>(
        _ permission: Permission, to action: AuditAction, _ order: Order, because cause: String = "",
        _ refusals: Refusals = .byTheUseCase, _ body: () async throws -> Result
    ) async throws -> Result {
        try await pass(
            permission,
            to: Wish(action, AuditObject(.order, order.reference), person: order.userPrincipalName, because: cause),
            refusals, body)
    }
}

extension Order {
    /// Whether work on it places it at its CA, anew or for the first time. An order in doubt is only searched for again, and what the
    /// CA has is only asked for.
    var buysWhenRetried: Bool {
        OrderStage.beforeSubmission.contains(stage.isOpen ? stage : resumeStage ?? stage)
    }
}
