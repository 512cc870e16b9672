// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import PKIX
import Planning

/// asked or doing → done: takes the certificate out of Intune, under whoever's name an upload has put it. Records of other
/// certificates are not touched, and what is gone already is a success.
struct WithdrawStep: ActionStep {
    private static let deliveryPause: TimeInterval = 30

    let context: EnrollmentContext

    func perform(_ claim: CertificateActionClaim, _ action: CertificateAction) async throws -> CertificateAction {
        let (order, record) = try await subject(of: action)
        guard try OrderTerms(json: order.request).delivery == .intune else {
            return try await taken(claim, action, "certificate \(record.serialNumber) is not delivered through Intune")
        }
        // What is being uploaded would come after what is taken out.
        if order.stage == .issued, !order.isHeld {
            let sentence = "certificate \(record.serialNumber) is being delivered: taken out of Intune after that"
            return try await context.record(
                claim, action,
                CertificateActionChange(action.detail == sentence ? nil : "withdrawalPostponed", sentence).nextAction(
                    at: context.clock.now() + Self.deliveryPause
                ).releaseLease())
        }
        guard let uploader = context.uploader else {
            throw EnrollmentError("certificates are delivered through Intune, but 'intune' is not configured")
        }
        guard context.memory.effects.begin(.action(action.id)) else { throw CancellationError() }
        defer { context.memory.effects.end(.action(action.id)) }
        let doing = try await context.record(
            claim, action,
            CertificateActionChange(
                action.attempts == 0 ? "withdrawing" : nil,
                action.attempts == 0
                    ? "certificate \(record.serialNumber) is to be taken out of Intune" : action.detail ?? ""
            ).attempt().nextAction(at: action.nextActionAt))
        StageBoundary.beforeWithdraw.pass()
        let names = try await context.ledger.deliveryNames(order.id)
        for stray in try await uploader.strays(
            userID: order.subscriberID, thumbprint: record.sha1Fingerprint, sentUnder: names)
        {
            try await uploader.takeOut(stray: stray)
        }
        let wasThere = try await uploader.withdraw(userID: order.subscriberID, thumbprint: record.sha1Fingerprint)
        StageBoundary.withdrawAnswered.pass()
        try await context.keyHoldings.noteWithdrawn(certificateID: record.id, personID: order.subscriberID)
        return try await taken(
            claim, doing,
            wasThere
                ? "certificate \(record.serialNumber) was taken out of Intune for \(action.actor): \(action.cause)"
                : "certificate \(record.serialNumber) was gone from Intune already")
    }

    private func taken(
        _ claim: CertificateActionClaim, _ action: CertificateAction, _ sentence: String
    ) async throws -> CertificateAction {
        let now = context.clock.now()
        let done = try await context.record(
            claim, action,
            CertificateActionChange("withdrawn", sentence).taken(at: now).seen(at: now, in: "Intune"))
        context.logger.log(.notice, sentence, fields: [("order", "\(action.orderID)")])
        StageBoundary.withdrawn.pass()
        return done
    }
}
