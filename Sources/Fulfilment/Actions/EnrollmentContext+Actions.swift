// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger

extension EnrollmentContext {
    func record(
        _ claim: CertificateActionClaim, _ action: CertificateAction, _ change: CertificateActionChange
    ) async throws -> CertificateAction {
        try await committing { _ in try await ledger.record(claim, change, from: action.state) }
    }

    /// Leaves an action where it is, to be tried again later.
    func postpone(
        _ claim: CertificateActionClaim, _ action: CertificateAction, after error: any Error
    ) async throws -> CertificateAction {
        let delay = RetrySchedule.delay(after: error, failures: action.failures)
        let isOldNews =
            action.errorKind != nil && action.detail?.withoutPassingDetails == "\(error)".withoutPassingDetails
        logger.log(
            .info, "\(action.kind.noun) \(action.id) postponed by \(delay.seconds) s: \(error)",
            fields: [("order", "\(action.orderID)")])
        if action.kind == .revoke, let error = error as? ConnectorError { note(error, on: action.backendCA) }
        return try await record(
            claim, action,
            CertificateActionChange(isOldNews ? nil : "\(action.kind.noun)Postponed", "\(error)").failure(
                RetrySchedule.kind(of: error), nextAction: clock.now().addingTimeInterval(delay.seconds)
            ).releaseLease())
    }

    /// Ends an action without success; a person may ask for it anew.
    func fail(
        _ claim: CertificateActionClaim, _ action: CertificateAction, _ reason: String
    ) async throws -> CertificateAction {
        logger.log(
            .error, "\(action.kind.noun) \(action.id) has failed: \(reason)", fields: [("order", "\(action.orderID)")])
        return try await record(
            claim, action, CertificateActionChange("\(action.kind.noun)Failed", reason).state(.failed))
    }
}
