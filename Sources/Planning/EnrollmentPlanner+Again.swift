// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Records
import Settings
import YAMLDocuments

extension EnrollmentPlanner {
    /// Orders again, at once, for the person of an order that has ended: a person has decided so, whatever the planner waits
    /// for. Names and terms are those of now, by the directory as it was last read.
    ///
    /// - Parameters:
    ///   - template: the order's template as it is configured now; nil when it is gone.
    ///   - product: what the CA product needs; nil when the profile does not say.
    ///   - rules: what the order must keep to.
    ///   - actor: who decided, for the record.
    ///   - cause: why the certificate in use is to be replaced; nil where the order has to have ended, or its certificate to be over, to
    ///     end soon or to be withdrawn.
    /// - Throws: `LedgerError`: `.notPossible` while the order is open or when the person may not have a certificate,
    ///   `.alreadyOpen` and `.alreadyActive` for a newer order; `StoreError`; `GraphError` as `plan`.
    public func orderAgain(
        _ order: Order, template: TemplateConfiguration?, product: ProductFacts?, rules: TemplateRules? = nil,
        by actor: String, because cause: String? = nil
    ) async throws -> Order {
        let used = try await ledger.standings(template: order.template, subscriberIDs: [order.subscriberID])[
            order.subscriberID]?.inUse
        var mayFollow = order.stage.isFinal || (cause != nil && order.stage == .active)
        if !mayFollow, let used, used.orderID == order.id { mayFollow = try await isToBeReplaced(used) }
        guard mayFollow else {
            throw LedgerError.notPossible(
                "order \(order.reference) has not ended, it is \(order.stage.rawValue)"
                    + (used.flatMap(\.notAfter).map { ", and its certificate valid until \(CalendarDay.text($0))" }
                        ?? "")
                    + ": see 'certway order show \(order.reference)'")
        }
        guard let plain = template, plain.enabled else {
            throw LedgerError.notPossible(
                "template \(order.template) is \(template == nil ? "gone" : "switched off"): nothing is ordered by it")
        }
        try await mirror.requireAddresses()
        let (member, exception) = try await exceptions.member(
            order.subscriberID, of: plain.group, template: plain.name)
        if let exception, exception.kind == .leaveOut {
            throw LedgerError.notPossible(
                "\(order.userPrincipalName) is \(exception.sentence); 'certway exception end' ends that")
        }
        let template = plain.adjusted(by: exception?.choice)
        var (product, rules) = (product, rules)
        if let choice = exception?.choice, !choice.isEmpty { (product, rules) = try facts?(template) ?? (nil, nil) }
        await rules?.look(for: [member].compactMap(\.self))
        switch EnrollmentRules(template: template, product: product, rules: rules).find(member) {
        case .left(let reason), .excluded(let reason):
            throw LedgerError.notPossible(
                "\(order.userPrincipalName) gets no certificate by template \(template.name): \(reason)")
        case .entitled(let names, _, _):
            var new = NewOrder(
                template, subscriberID: order.subscriberID,
                userPrincipalName: member?.person.userPrincipalName ?? order.userPrincipalName, names: names.json,
                reason: "ordered again by \(actor), after order \(order.reference)" + (cause.map { ": \($0)" } ?? ""))
            // Also after an attempt to replace it that has ended.
            if let used, order.id == used.orderID || order.replaces == used.orderID { new.replaces = used.orderID }
            new.actor = AuditActor(named: actor)
            let made = try await ledger.plan(new)
            try await decisions.markCovered(template: template.name, subscribers: [order.subscriberID])
            return made
        }
    }

    /// Whether a certificate in use is over or ends soon, or is not on the devices any more.
    private func isToBeReplaced(_ used: SubscriberStanding) async throws -> Bool {
        if let end = used.notAfter, end <= clock.now() + TimeInterval(PlanSummary.soon) { return true }
        guard let id = used.certificateID else { return false }
        return try await ledger.standingActions(certificateIDs: [id])[id]?.contains { $0.kind == .withdraw } ?? false
    }
}
