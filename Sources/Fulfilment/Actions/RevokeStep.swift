// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import PKIX
import Planning

/// asked or doing → done: has the CA revoke the certificate.
///
/// Revoking twice is no harm: what is revoked already is a success, so a request whose answer was lost is repeated. What leaves is on
/// record before, and from then on nobody takes it back.
struct RevokeStep: ActionStep {
    /// How often it is looked whether a person has done what the gateway cannot.
    private static let heldLook: TimeInterval = 3600
    /// Marks the event of an action that is held because of how its backend CA signs in, with what it signed in with then.
    private static let heldWith = "signIn"

    let context: EnrollmentContext

    func perform(_ claim: CertificateActionClaim, _ action: CertificateAction) async throws -> CertificateAction {
        let (order, record) = try await subject(of: action)
        let leaf = try Certificate(der: record.der)
        let chain = try record.chain.map { try Certificate(der: $0) }
        if action.isHeld {
            if let sight = try await context.sight(of: leaf, chain, action) {
                return try await taken(claim, action, sight.sentence)
            }
            return try await context.record(
                claim, action,
                CertificateActionChange(nil, action.detail ?? "").look().nextAction(
                    at: context.clock.now() + Self.heldLook
                ).releaseLease())
        }
        guard leaf.notAfter > context.clock.now() else {
            return try await context.fail(
                claim, action, "the certificate has expired on \(leaf.notAfter.ISO8601Format()): nothing to revoke")
        }
        let backend = try context.callableBackend(for: order)
        guard let revoker = backend.ability((any CertificateRevoking).self, .revoke) else {
            return try await hold(
                claim, action,
                "\(backend.explainMissing(.revoke)); a person has to revoke certificate \(record.serialNumber) there, "
                    + "reason \(action.reason?.name ?? "unspecified"), and what the CA publishes tells the gateway")
        }
        if let other = context.otherSignIn(backend, than: order), other.difference == .names,
            try await !isVouched(action, backend)
        {
            return try await hold(
                claim, action,
                "\(other.sentence), and \(order.caRequestID ?? "its id") may be somebody else's there: nothing is revoked; put "
                    + "back what it signed in with, or make sure that it is the same account, then 'certway certificate revoke "
                    + "\(record.serialNumber) --retry'",
                [Self.heldWith: JSONValue(backend.secretsMark(under: context.sealingKey))])
        }
        guard let reason = Self.reason(action.reason ?? .unspecified, backend.profile.revocationReasons.offered) else {
            return try await hold(
                claim, action,
                "the CA does not take the reason \(action.reason?.name ?? "") nor one that says less; a person has to revoke certificate "
                    + "\(record.serialNumber) there, and what the CA publishes tells the gateway")
        }
        return try await revoke(claim, action, order, leaf, chain, revoker, reason)
    }

    /// The reason that a CA is told: the one that was wanted, where it takes that; else one that claims less. The planner asks for none in
    /// particular of each CA.
    ///
    /// - Parameter offered: what the CA takes; empty where its profile does not say.
    /// - Returns: nil where it takes none of them: a key that was compromised is not said to be superseded.
    static func reason(_ wanted: RevocationReason, _ offered: [RevocationReason]) -> RevocationReason? {
        guard !offered.isEmpty, !offered.contains(wanted) else { return wanted }
        let milder: [RevocationReason] =
            switch wanted {
            case .affiliationChanged: [.cessationOfOperation, .unspecified, .superseded]
            case .superseded: [.cessationOfOperation, .unspecified]
            case .cessationOfOperation: [.unspecified, .superseded]
            case .unspecified: [.cessationOfOperation, .superseded]
            default: []
            }
        return milder.first(where: offered.contains)
    }

    private func revoke(
        _ claim: CertificateActionClaim, _ action: CertificateAction, _ order: Order, _ leaf: Certificate,
        _ chain: [Certificate], _ revoker: any CertificateRevoking, _ reason: RevocationReason
    ) async throws -> CertificateAction {
        let request = RevocationRequest(
            certificate: leaf, order: order.caOrder ?? CAOrder(caRequestID: ""), reason: reason,
            comment: action.cause)
        guard context.memory.effects.begin(.action(action.id)) else { throw CancellationError() }
        defer { context.memory.effects.end(.action(action.id)) }
        let doing = try await context.record(
            claim, action,
            CertificateActionChange(
                action.attempts == 0 ? "revoking" : nil,
                action.attempts == 0
                    ? "certificate \(leaf.serialNumber) is to be revoked at \(action.backendCA): \(reason.name)"
                    : action.detail ?? ""
            ).attempt().nextAction(at: action.nextActionAt))
        StageBoundary.beforeRevoke.pass()
        let outcome: RevocationOutcome
        do {
            outcome = try await revoker.revoke(request)
        } catch let error as ConnectorError where error.kind == .refused {
            StageBoundary.revokeAnswered.pass()
            // Some say so of what is revoked already.
            if let sight = try await context.sight(of: leaf, chain, doing) {
                return try await taken(claim, doing, sight.sentence)
            }
            return try await context.fail(claim, doing, "the CA does not revoke it: \(error.message)")
        }
        StageBoundary.revokeAnswered.pass()
        switch outcome {
        case .revoked:
            return try await taken(
                claim, doing,
                "certificate \(leaf.serialNumber) was revoked at \(action.backendCA) for \(action.actor), reason "
                    + "\(reason.name)\(Self.instead(of: action.reason, reason)): \(action.cause)")
        case .pending(let sentence):
            let next = context.clock.now().addingTimeInterval(context.pollPause(order, asked: nil).seconds)
            return try await context.record(
                claim, doing,
                CertificateActionChange(action.detail == sentence ? nil : "revocationPending", sentence).nextAction(
                    at: next
                ).releaseLease())
        }
    }

    private static func instead(of wanted: RevocationReason?, _ reason: RevocationReason) -> String {
        guard let wanted, wanted != reason else { return "" }
        return " (the CA does not take \(wanted.name))"
    }

    /// What the CA publishes is looked at next.
    private func taken(
        _ claim: CertificateActionClaim, _ action: CertificateAction, _ sentence: String
    ) async throws -> CertificateAction {
        let now = context.clock.now()
        let done = try await context.record(
            claim, action, CertificateActionChange("revocationTaken", sentence).taken(at: now).nextAction(at: now))
        context.logger.log(.notice, sentence, fields: [("order", "\(action.orderID)")])
        StageBoundary.revoked.pass()
        return done
    }

    private func hold(
        _ claim: CertificateActionClaim, _ action: CertificateAction, _ reason: String, _ data: JSONValue = [:]
    ) async throws -> CertificateAction {
        context.logger.log(.warning, reason, fields: [("order", "\(action.orderID)")])
        return try await context.record(
            claim, action,
            CertificateActionChange("revocationHeld", reason, data: data).hold(reason).nextAction(
                at: context.clock.now() + Self.heldLook
            ).releaseLease())
    }

    /// Whether a person has let it go on since it was held for this way of signing in.
    private func isVouched(_ action: CertificateAction, _ backend: BackendCA) async throws -> Bool {
        let mark = backend.secretsMark(under: context.sealingKey)
        let events = try await context.ledger.events(action.orderID).filter {
            $0.data["action"]?.int == Int(action.id)
        }
        let held = events.lastIndex { $0.kind == "revocationHeld" && $0.data[Self.heldWith]?.string == mark }
        return held.map { events[$0...].contains { $0.kind == "revocationRetried" } } ?? false
    }
}
