// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Foundation
import JSONDocuments
import Ledger
import Names
import PKIX
import Settings
import YAMLDocuments

/// Compares a certificate in use, or an order under way, with what directory and template want: the one place that decides on its
/// later life. Renewal, change, departure and a switch of the CA are cases of it.
struct LifeRule {
    struct Finding {
        var concern: CertificateConcern?
        var action: PlannedAction?
        /// One sentence, empty for nothing to say.
        var reason = ""
        /// When to decide anew although nothing has changed.
        var dueAt: Date?
        /// The incident that wants the action; its own bounds hold for it.
        var incident: Int64?
    }

    let template: TemplateConfiguration
    let now: Date
    /// Keys of `RequestedNames` that the CA product certifies; nil where its profile does not say. What it does not certify changes no
    /// certificate.
    var certifiedNames: [String]?
    /// Names of those who have had the key of a certificate and are not to have it any more, by certificate.
    var exposed: [Int64: [String]] = [:]
    /// The former name to sign in with under which Intune has the certificate in use, which delivers to nobody any more.
    var misfiled: String?
    /// Addresses of the person that somebody else claims as firmly: a certificate that says them stays as it is.
    var doubts: [DoubtfulAddress] = []
    /// The template as the incident that wants the certificate replaced aims it for the person; nil for as it aims it for everybody.
    var aimed: TemplateConfiguration?

    /// - Parameters:
    ///   - wanted: what the directory says of the person now; nil for somebody who never was in the group.
    ///   - standing: an order that is open or active.
    ///   - awaySince: when it was noticed that the person has left; nil for somebody who is there, or whose absence is new.
    ///   - taken: the orders of the person that name an address which is somebody else's now.
    ///   - asked: what is asked to be done to the certificate, or has been.
    ///   - incidents: what incidents want replaced of the person's certificates.
    func find(
        _ wanted: EnrollmentRules.Finding, _ member: EnrollmentMember?, _ standing: SubscriberStanding,
        awaySince: Date?, taken: Set<Int64> = [], asked: [CertificateAction] = [],
        incidents: IncidentWishes = IncidentWishes()
    ) -> Finding {
        var finding = Finding()
        // What people have is what is in use, whatever is under way to take its place.
        let present = standing.inUse ?? standing
        let certified = comparing(present.backendCA, present.product).certifiedNames
        if let found = CertificateConcern.find(wanted, member, present, template, certifiedNames: certified) {
            (finding.concern, finding.reason) = (found.concern, found.reason)
        }
        let isRevoked = asked.contains { $0.kind == .revoke }
        if isRevoked, standing.stage == .active {
            // It ends as soon as the CA has taken it; what follows is decided then.
            return finding
        }
        let withdrawal = asked.first { $0.kind == .withdraw }
        let isWithdrawn = withdrawal?.actor == EnrollmentPlanner.actor
        let isTaken = taken.contains(standing.orderID)
        // What ends is what says so itself: an order beside the certificate in use says nothing about it.
        if !isRevoked, let used = standing.inUse, taken.contains(used.orderID), isValid(used) {
            (finding.action, finding.reason) = (.revoke, Self.taken)
        } else if finding.concern?.isDeparture == true {
            // What was taken from the devices is retired already.
            if !isWithdrawn || template.life.onDeparture == .revoke {
                depart(&finding, standing, isRevoked, since: awaySince ?? now)
            }
        } else if case .entitled(let names, _, let doubts) = wanted, standing.stage == .active {
            var rule = self
            rule.doubts = doubts
            // What was taken from the devices lies under no name.
            if withdrawal != nil { rule.misfiled = nil }
            rule.goOn(
                &finding, names, standing, isWithdrawn: isWithdrawn || isReplaced(withdrawal),
                isWished: withdrawal?.isOrderedAgain ?? false, incidents)
        }
        if finding.action == nil, isTaken, Self.isAtCA(standing) {
            (finding.action, finding.reason) = (
                .cancel, "an address or sign-in name of order \(standing.reference) is somebody else's now"
            )
        }
        // Whoever has a successor needs the old one no more, whatever becomes of the person.
        if finding.action == nil || finding.action == .revokeOlder || finding.action == .revokeReplaced,
            let (older, wish) = incidents.replaced(standing)
        {
            finding.action = .revokeOlder
            finding.incident = wish.incident.id
            finding.reason = "order \(older.reference) was replaced for \(wish.incident.sentence)"
        }
        return finding
    }

    /// Whether another certificate is to take the place of one that was taken from the devices: a person's wish, which outlives the order
    /// that was made for it, or that of the template.
    private func isReplaced(_ withdrawal: CertificateAction?) -> Bool {
        guard let withdrawal else { return false }
        return withdrawal.isOrderedAgain
            || withdrawal.actor == OrderLedger.intune && template.onDeletedInIntune == .reorder
    }

    /// The grace is over, or runs.
    private func depart(_ finding: inout Finding, _ standing: SubscriberStanding, _ isRevoked: Bool, since: Date) {
        guard template.life.onDeparture != .keep else { return }
        let end = since.addingTimeInterval(template.life.departureGrace.seconds)
        guard now >= end else {
            finding.dueAt = end
            finding.reason += "; until \(CalendarDay.text(end)) the person may come back, and nothing happens"
            return
        }
        self.end(&finding, standing, isRevoked)
    }

    /// - Parameter isRevoked: whether the revocation of what is in use has been asked for.
    private func end(_ finding: inout Finding, _ standing: SubscriberStanding, _ isRevoked: Bool) {
        // What is over needs no end; an order beside what is in use, held perhaps, keeps nobody's certificate alive.
        if !isRevoked, let used = standing.inUse, isValid(used) {
            finding.action = template.life.onDeparture == .retire ? .retire : .revoke
        } else if Self.isAtCA(standing) {
            finding.action = .cancel
        }
    }

    private static let taken = "an address or sign-in name of it is somebody else's now"

    private func isValid(_ used: SubscriberStanding) -> Bool { used.notAfter.map { $0 > now } ?? true }

    /// Whether there is an order to cancel: what has not left is withdrawn by who looks again before it leaves; what is here is not
    /// delivered, and is held.
    private static func isAtCA(_ standing: SubscriberStanding) -> Bool {
        standing.stage == .submitted || standing.stage == .pending
    }

    /// Somebody who is to have a certificate, and has one.
    private func goOn(
        _ finding: inout Finding, _ names: RequestedNames, _ standing: SubscriberStanding, isWithdrawn: Bool,
        isWished: Bool, _ incidents: IncidentWishes
    ) {
        var action: PlannedAction?
        var reason = ""
        // What nobody has decided here follows from what others write, as often as they write.
        var pace = PurchasePace(template: template, now: now)
        var isDue = false
        let renewal = template.enabled ? renewal(of: standing) : nil
        let wish = incidents.wish(for: standing.certificateID).flatMap { $0.mayOrder ? $0 : nil }
        if !template.enabled {
            finding.dueAt = overlap(of: standing)
            revokeOlder(&finding, names, standing, incidents)
        } else if let wish {
            (action, reason) = (.replace, wish.incident.sentence)
            pace.isFree = true
        } else if template.life.onChange != .report, isOutdated(standing, names) {
            (action, reason) = (.replace, finding.reason)
        } else if template.life.onChange != .report, let misfiled {
            (action, reason) = (
                .replace, "Intune has it under the former sign-in name \(misfiled), and its key is not kept here"
            )
        } else if let leavers = standing.certificateID.flatMap({ exposed[$0] }),
            template.mailboxes.map({ $0.onLeave != .withdraw }) ?? false
        {
            (action, reason) = (
                .replace, "\(leavers.joined(separator: ", ")) had its key and may not have it any more"
            )
        } else if isWithdrawn {
            // What nobody here has asked for is a replacement, of which many wait for consent.
            (action, reason) = (isWished ? .renew : .replace, "it was taken from the person's devices")
            pace.isFree = isWished
        } else if let renewal, now >= renewal.at {
            (action, reason) = (.renew, "it ends on \(CalendarDay.text(renewal.end))")
            isDue = true
        } else if isLeft(standing) {
            (action, reason) = (
                .replace,
                "the template has gone from \(standing.backendCA) to \(template.backendCA), and replaces what it has"
            )
            pace.isFree = true
        } else {
            finding.dueAt = [renewal?.at, overlap(of: standing)].compactMap(\.self).min()
            revokeOlder(&finding, names, standing, incidents)
        }
        guard let action else { return }
        let leaving = incidents.leaving ?? wish
        guard leaving?.isOrderable ?? true else {
            revokeOlder(&finding, names, standing, incidents)
            finding.reason =
                "\(leaving?.incident.sentence ?? "") has it ordered where nothing can be ordered now: \(reason)"
            return
        }
        if let (refusal, until) = isDue ? pace.waitToRenew(standing) : pace.wait(standing) {
            revokeOlder(&finding, names, standing, incidents)
            (finding.reason, finding.dueAt) = ("\(refusal): \(reason)", until)
            return
        }
        // An attempt that was refused is repeated as any other order is; one of before its time, for another cause, is none at this.
        let attempt = standing.attempt.first.flatMap { attempt in
            let since = [
                action == .renew ? renewal?.at : nil, isLeft(standing) ? template.caSwitch?.begunAt : nil,
                wish?.releasedAt,
            ].compactMap(\.self).max()
            return since.map { attempt.updatedAt < $0 } ?? false ? nil : attempt
        }
        let rule = EndedOrderRule(
            template: leaving.map { aimed ?? template.aimed(at: $0.incident) } ?? template, now: now,
            unit: wish == nil ? EndedOrderRule.day : EndedOrderRule.hour)
        switch rule.find(names, attempt) {
        case .order(let more):
            finding.action = action
            finding.incident = leaving?.incident.id
            finding.reason = more.isEmpty ? reason : "\(reason); \(more)"
        // What refuses first: by it people are counted.
        case .waiting(let refusal, let until): (finding.reason, finding.dueAt) = ("\(refusal); \(reason)", until)
        case .ended(let refusal): finding.reason = "\(refusal); \(reason)"
        }
    }

    /// Whether the certificate in use is of a CA or product that the template has left by a switch which replaces all.
    private func isLeft(_ standing: SubscriberStanding) -> Bool {
        guard let change = template.caSwitch, change.pace == .now else { return false }
        // What was ordered since, for an incident or at the CA that stands in, is there on purpose.
        if let begun = change.begunAt, standing.createdAt > begun { return false }
        let isFormer = standing.backendCA == change.formerCA && standing.product == change.formerProduct
        return !template.orders(standing.backendCA, standing.product)
            && (isFormer || !template.means(standing.backendCA, standing.product))
    }

    /// When the certificates of the CA that the template has left are revoked beside the new one; nil where nothing waits for that day.
    private func overlap(of standing: SubscriberStanding) -> Date? {
        guard let days = template.caSwitch?.overlapDays,
            standing.superseded.contains(where: { !template.orders($0.backendCA, $0.product) }),
            template.orders(standing.backendCA, standing.product)
        else { return nil }
        let end = standing.updatedAt + Double(days) * 86_400
        return end > now ? end : nil
    }

    /// For so long the end of the former certificate belongs to its replacement, in seconds; later, something else has changed.
    private static let replacement = TimeInterval(7 * 86_400)

    /// Those of an incident are its own, whatever holds it up.
    private func revokeOlder(
        _ finding: inout Finding, _ names: RequestedNames, _ standing: SubscriberStanding, _ incidents: IncidentWishes
    ) {
        guard
            let first = outdated(standing, names).first(where: {
                incidents.wish(for: $0.certificateID) == nil
            })
        else { return }
        let isFresh = standing.inUse.map { now < $0.updatedAt + Self.replacement } ?? false
        finding.action = isFresh ? .revokeReplaced : .revokeOlder
        finding.reason =
            "a certificate is in use, and the former one, of order \(first.reference), is to be revoked"
    }

    /// When a certificate is renewed: `renewal.before` its end, and up to `renewal.spread` earlier by chance, which is the same for
    /// the same certificate. Short-lived ones are renewed in the last third of their validity at the earliest.
    func renewal(of standing: SubscriberStanding) -> (at: Date, end: Date)? {
        guard let start = standing.notBefore, let end = standing.notAfter else { return nil }
        let third = end.timeIntervalSince(start) / 3
        let before = min(template.life.renewBefore.seconds, third)
        let spread = min(template.life.renewSpread.seconds, before, third)
        return (end - before - spread * Self.chance(standing.reference), end)
    }

    /// A number from 0 to 1 that follows from a text.
    private static func chance(_ text: String) -> Double {
        let bytes = DigestAlgorithm.sha256.digest(Array(text.utf8))
        return Double(Int(bytes[0]) << 8 | Int(bytes[1])) / 65_536
    }

    /// Valid certificates that a newer one has taken the place of and that are to be revoked.
    func outdated(_ standing: SubscriberStanding, _ names: RequestedNames) -> [SupersededCertificate] {
        let isOverlapping = overlap(of: standing) != nil
        return standing.superseded.filter { older in
            if template.caSwitch?.overlapDays != nil, template.orders(standing.backendCA, standing.product),
                !template.orders(older.backendCA, older.product)
            {
                if !isOverlapping { return true }
            } else if template.life.superseded == .revoke {
                return true
            } else if template.mailboxes?.onLeave == .replaceAndRevoke, exposed[older.certificateID] != nil {
                return true
            }
            return template.life.onChange == .replaceAndRevoke && isOutdated(older, names)
        }
    }

    /// The same of a certificate that a newer one has taken the place of.
    func isOutdated(_ older: SupersededCertificate, _ names: RequestedNames) -> Bool {
        comparing(older.backendCA, older.product).isOutdated(RequestedNames(json: older.names), names)
    }

    /// Whether the certificate in use would say something else today. Which names another product had certified is not known here: of such
    /// a certificate only what identifies the person counts, and the switch itself waits for the renewal.
    private func isOutdated(_ standing: SubscriberStanding, _ names: RequestedNames) -> Bool {
        comparing(standing.backendCA, standing.product).isOutdated(RequestedNames(json: standing.names), names)
    }

    private func comparing(_ backendCA: String, _ product: String) -> LifeRule {
        guard !template.orders(backendCA, product) else { return self }
        var rule = self
        let identity = ["emails", "userPrincipalName", "securityIdentifier"]
        rule.certifiedNames = identity.filter { certifiedNames?.contains($0) ?? true }
        return rule
    }

    /// Whether a certificate would say something else today. A user principal name that it does not say is none of its content.
    func isOutdated(_ certified: RequestedNames, _ names: RequestedNames) -> Bool {
        // What is doubtful is not gone: taking the certificate away would be as wrong as it may be right.
        let isDoubtful = !DoubtfulAddress.explaining(doubts, certified.emails, names.emails).isEmpty
        return !isDoubtful
            && certified.keysThatDiffer(from: names).contains {
                $0 != "accountName" && certifiedNames?.contains($0) ?? true
            }
    }
}
