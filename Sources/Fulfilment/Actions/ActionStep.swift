// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger

/// One step of an action. It may be repeated after a crash at any point.
protocol ActionStep: Sendable {
    var context: EnrollmentContext { get }

    /// - Returns: the action as committed.
    func perform(_ claim: CertificateActionClaim, _ action: CertificateAction) async throws -> CertificateAction
}

extension ActionStep {
    /// The order of an action and its certificate.
    func subject(of action: CertificateAction) async throws -> (order: Order, record: CertificateRecord) {
        guard let order = try await context.ledger.order(action.orderID),
            let record = try await context.ledger.certificate(action.certificateID)
        else { throw LedgerError.notPossible("the ledger has lost the certificate of the \(action.kind.noun)") }
        return (order, record)
    }
}
