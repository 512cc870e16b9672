// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import PKIX
import Planning
import Records

/// done → seen: looks whether what the CA publishes says what it has taken, with growing distance.
struct PublicationStep: ActionStep {
    /// So long after it was taken a revocation that nobody can see is said to be missing; CAs publish within a day.
    static let patience: TimeInterval = 72 * 3600
    private static let unseen = "unseen"
    private static let distances: [TimeInterval] = [30, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400]

    let context: EnrollmentContext

    func perform(_ claim: CertificateActionClaim, _ action: CertificateAction) async throws -> CertificateAction {
        let (_, record) = try await subject(of: action)
        let leaf = try Certificate(der: record.der)
        let chain = try record.chain.map { try Certificate(der: $0) }
        StageBoundary.beforeLook.pass()
        let finding = await context.look(at: leaf, chain, action)
        let now = context.clock.now()
        switch finding {
        case .revoked(let sight):
            if sight.reason == RevocationReason.keyCompromise.name {
                try await context.ledger.noteCompromise(
                    of: [record.id], by: AuditActor(action.backendCA, .ca), because: sight.sentence)
            }
            let seen = try await context.record(
                claim, action,
                CertificateActionChange(
                    "revocationSeen", sight.sentence,
                    data: ["in": .string(sight.place), "reason": JSONValue(sight.reason)]
                ).look().seen(at: now, in: sight.place))
            StageBoundary.seen.pass()
            return seen
        case .nowhere:
            return try await context.record(
                claim, action,
                CertificateActionChange(
                    "revocationUnseen",
                    "revoked, and the certificate names no list and no responder that can be read: nobody sees it from there"
                ).look())
        case .missing(let words, _):
            let taken = action.takenAt ?? action.askedAt
            let isLate = now.timeIntervalSince(taken) >= Self.patience
            let isOver = leaf.notAfter < now
            let since = Int(now.timeIntervalSince(taken) / 3600)
            let sentence =
                isLate ? "revoked on \(taken.ISO8601Format()), and since \(since) h \(words)" : "revoked, and \(words)"
            let isNews = isLate && action.errorKind != Self.unseen
            if isNews {
                context.logger.log(
                    .error, "certificate \(record.serialNumber): \(sentence); ask the CA",
                    fields: [("order", "\(action.orderID)")])
            }
            let next = now + Self.distances[min(action.looks, Self.distances.count - 1)]
            var change = CertificateActionChange(isNews ? "revocationUnseen" : nil, sentence).look()
            change = isLate ? change.failure(Self.unseen, nextAction: next) : change.nextAction(at: next)
            return try await context.record(
                claim, action, (isOver ? change.nextAction(at: nil) : change).releaseLease())
        }
    }
}
