// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import KeyHoldings
import Ledger
import Settings

extension EnrollmentPlanner {
    /// Who asks for what the planner has decided, for the record.
    static let actor = OrderLedger.planner
    /// How long after an end was asked for it is looked again whether it stands: a refusal of one day is none of the next.
    private static let patience: TimeInterval = 86_400

    /// Puts what the last plan ends on record, page by page: the ledger's actions carry it out. What has changed since the plan was
    /// made is left to the next one.
    ///
    /// - Parameters:
    ///   - actions: those of `PlannedAction.withdrawals` that may be.
    ///   - product: which names the CA product certifies; nil when the profile does not say.
    ///   - approved: the ends that may be; nil for all of the plan.
    ///   - incidents: those whose certificates end and no others; nil for what no incident wants.
    /// - Returns: the number of people for whom something was put on record.
    public func end(
        _ template: TemplateConfiguration, _ actions: Set<PlannedAction> = PlannedAction.withdrawals,
        product: ProductFacts? = nil, approved: PlannedOrders? = nil,
        for incidents: [Incident]? = nil
    ) async throws -> Int {
        let rule = LifeRule(template: template, now: clock.now(), certifiedNames: product?.allowedNames)
        var ended = 0
        try await forEachPage(of: template, actions, for: incidents) { page in
            let page = page.filter { approved?.contains($0) ?? true }
            guard !page.isEmpty else { return true }
            let standings = try await ledger.standings(
                template: template.name, subscriberIDs: page.map(\.subscriberID))
            let current = page.filter { decision in
                let standing = standings[decision.subscriberID]
                return standing?.orderID == decision.actsOn && standing?.newestOrderID == decision.newestOrder
            }
            let wished = try await self.incidents.wishes(
                template: template.name, subscriberIDs: current.map(\.subscriberID))
            let exposed =
                template.mailboxes == nil
                ? [:]
                : try await KeyHoldingStore(ledger).exposed(current.map(\.subscriberID), by: template.keyHolders)
            // Of who is there only what says somebody else's address or name is revoked, and taken.
            let staying = Set(
                current.filter { $0.action == .revoke && !($0.concern?.isDeparture ?? false) }.map(\.subscriberID))
            // Records of certificates that are over or revoked lie on the devices as well.
            let leaving = current.filter { $0.action == .revoke || $0.action == .retire }.map(\.subscriberID)
                .filter { !staying.contains($0) }
            let all =
                template.delivery == .none
                ? [:] : try await ledger.certificateIDs(template: template.name, subscriberIDs: leaving)
            let taken = try await takenOrders(
                standings.filter { staying.contains($0.key) }, template, isFormerMeant: true)
            // What is under way or done already is returned as it is.
            let ends =
                current.flatMap { decision in
                    let id = decision.subscriberID
                    var rule = rule
                    rule.exposed = exposed[id]?.certificates ?? [:]
                    let asked =
                        standings[id].map {
                            wishes(
                                decision, $0, rule, IncidentWishes(wished[id] ?? []),
                                only: staying.contains(id) ? taken[id] ?? [] : nil)
                        } ?? []
                    let gone = staying.contains(id) ? asked.map(\.certificateID) : all[id] ?? []
                    return asked
                        + (template.delivery == .none ? [] : gone).map {
                            .withdraw(certificateID: $0, cause: decision.reason, actor: Self.actor)
                        }
                }
            try await ledger.ask(ends + ledger.withdrawals(with: ends), under: lease)
            for decision in current where decision.action == .cancel {
                guard let order = decision.actsOn else { continue }
                do {
                    _ = try await ledger.requestCancel(order, by: Self.actor, because: decision.reason)
                } catch LedgerError.notPossible(_) {
                    // It has ended, or its certificate has come, since: the next plan sees it.
                }
            }
            StageBoundary.endPlanned.pass()
            try await decisions.markDone(
                template: template.name, subscribers: page.map(\.subscriberID),
                lookingAgainAt: clock.now() + Self.patience)
            ended += current.count
            return true
        }
        return ended
    }

    /// - Parameter taken: the orders whose certificates may be revoked for what they say; nil for all.
    private func wishes(
        _ decision: EnrollmentDecision, _ standing: SubscriberStanding, _ rule: LifeRule, _ incidents: IncidentWishes,
        only taken: Set<Int64>?
    ) -> [NewCertificateAction] {
        if decision.incident != nil { return incidents.revocations(standing, by: Self.actor) }
        let orders =
            [standing.inUse.map { ($0.orderID, $0.certificateID) }].compactMap(\.self)
            + standing.superseded.map { ($0.orderID, $0.certificateID) }
        let all = orders.filter { taken?.contains($0.0) ?? true }.compactMap(\.1)
        func revoke(_ id: Int64, _ reason: RevocationReason) -> NewCertificateAction {
            .revoke(certificateID: id, reason: reason, cause: decision.reason, actor: Self.actor)
        }
        return switch decision.action {
        case .revoke: all.map { revoke($0, .affiliationChanged) }
        case .revokeOlder, .revokeReplaced:
            // Its key stays on the devices: old mail is read with it.
            rule.outdated(standing, decision.names).filter { incidents.wish(for: $0.certificateID) == nil }.map {
                certificate in
                let isRenamed = rule.isOutdated(certificate, decision.names)
                return revoke(certificate.certificateID, isRenamed ? .affiliationChanged : .superseded)
            }
        case .order, .renew, .replace, .cancel, .retire, nil: []
        }
    }
}
