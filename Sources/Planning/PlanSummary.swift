// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import JSONDocuments
public import Ledger
public import Settings

/// What a pass would do for one template.
public struct PlanSummary: Sendable {
    public var template: String
    /// Whether the template is switched off: nothing is ordered by it, and only who leaves is looked for.
    public var isOff = false
    /// People by verdict.
    public var counts: [EnrollmentDecision.Verdict: Int]
    /// People looked at in this pass; the others had not changed.
    public var evaluated: Int
    /// People left out, by reason.
    public var skippedByReason: [String: Int]
    /// What the template says and probably does not mean, one sentence each.
    public var warnings: [String]

    /// Members when the plan before this one was made, and how many of them are none any more; 0 where nobody was looked at.
    public var membersBefore = 0
    public var gone = 0
    /// People whose order the CA rejected or the gateway gave up, and why one of them.
    public var refused = 0
    public var refusal = ""
    /// People whose renewal or replacement the CA rejected or the gateway gave up, and why one of them.
    public var refusedBeside = 0
    public var refusalBeside = ""
    /// People who have got as many certificates as one person may within some days, and would get another one.
    public var paced = 0
    public var pacing = ""
    /// People whose certificate the CA has revoked without being asked from here.
    public var revokedByCA = 0
    /// People whose certificate is valid and no longer on their devices, for somebody has deleted it in Intune, and nobody decides what follows.
    public var deletedInIntune = 0
    /// Shared mailboxes of which it cannot be read as it should be who may open them: nobody is taken off meanwhile.
    var unreadMailboxes: [SharedMailbox] = []
    /// People in the group whose certificate is over and for whom nothing follows, and those for whom it is so within `soon`.
    public var over = 0
    public var overSoon = 0
    /// Why nothing follows, by reason.
    public var endReasons: [String: Int] = [:]
    /// Time enough to order anew before anybody notices, in seconds.
    public static let soon = 14 * 86_400

    /// What one order of the template costs; nil where nobody has said.
    public var price: Money?
    /// What the template may do by itself.
    public var limits = TemplateLimits()
    /// What the new orders cost together; nil where nobody has said.
    public var cost: Money? { price.map { Money(units: $0.units * Int64(toOrder), $0.currency) } }

    /// People by what is to be done for them.
    public var actions: [PlannedAction: Int] = [:]

    /// The same for what open incidents want, which is not in `actions`: their own bounds hold.
    public var incidentActions: [PlannedAction: Int] = [:]
    /// People for whom incidents have something done.
    public var underIncidents: Int { incidentActions.reduce(0) { $0 + $1.value } }

    /// New orders, whatever they are for.
    public var toOrder: Int { number(of: PlannedAction.purchases) }
    /// People who lose a certificate or an order, or an older certificate.
    public var toEnd: Int { number(of: PlannedAction.withdrawals) }
    /// Those of them who lose what they have.
    var toLose: Int { number(of: PlannedAction.endings) }
    /// Those of them whose older one was replaced long ago. What ends a replacement of these days was agreed to with it.
    var older: Int { actions[.revokeOlder] ?? 0 }

    /// How many of those who lose a certificate or an order count as covered until then: their account is disabled, or their address
    /// somebody else's.
    var endingsOfMembers = 0
    /// Whether half of the people with a certificate, and more than one, would lose it: nobody means that by accident.
    public var losesHalf: Bool {
        toLose > 1 && toLose * 2 >= (counts[.covered] ?? 0) + toLose - endingsOfMembers
    }

    /// Whether the template has gone to another CA and replaces all it has: somebody has decided so.
    var isSwitching = false
    /// Whether half of the people with a certificate, and more than a few, would have it replaced for a change of name or address: as
    /// after a synchronization that went the wrong way.
    var replacesHalf: Bool {
        let replacing = actions[.replace] ?? 0
        return !isSwitching && replacing >= Self.manyPeople && replacing * 2 >= counts[.covered] ?? 0
    }

    /// What is still to be done, and nothing else, of a later look.
    mutating func takeWork(from later: PlanSummary) {
        (actions, counts, endingsOfMembers) = (later.actions, later.counts, later.endingsOfMembers)
        incidentActions = later.incidentActions
    }

    private func number(of some: Set<PlannedAction>) -> Int {
        actions.reduce(0) { $0 + (some.contains($1.key) ? $1.value : 0) }
    }
    /// People in the group, with or without certificate.
    public var members: Int { counts.reduce(0) { $0 + ($1.key == .left ? 0 : $1.value) } }
    /// People of the group who get no certificate and for whom none is tried again: left out, or ended by a person.
    public var withoutCertificate: Int {
        isOff ? 0 : (counts[.skipped] ?? 0) + (counts[.waiting] ?? 0) + (counts[.ended] ?? 0) - refused - revokedByCA
    }

    /// What nobody means and nothing changes by itself, one sentence each: a group that is empty or has lost a large part,
    /// people for whom the CA does nothing any more, a template by which nobody can get a certificate.
    public var standstill: [String] {
        guard !isOff else {
            // What has ended is nobody's loss where nothing is wanted any more.
            guard overSoon > 0 else { return [] }
            return [
                "template \(template): it is switched off, and the certificate of \(Plural(overSoon, "person", "people")) ends within "
                    + "\(Self.soon / 86_400) days: nothing is renewed before it is switched on again (enabled: true); 'certway certificate list "
                    + "--expiring-within \(Self.soon / 86_400) --template \(template)' shows them"
            ]
        }
        var sentences: [String] = []
        let left = counts[.left] ?? 0
        if members == 0, left > 0 {
            sentences.append(
                "its group has no members, and had \(left): look at it in Entra ID, or switch the template off "
                    + "(enabled: false)")
        } else if members == 0 {
            sentences.append(
                "its group has no members as far as the gateway can see: is it the right group? Hidden membership is shown only to "
                    + "an application with the permission Member.Read.Hidden; until somebody joins, switch the template off "
                    + "(enabled: false)")
        } else if gone >= Self.manyPeople, gone * 2 >= membersBefore, gone <= membersBefore {
            sentences.append(
                "\(gone) of \(membersBefore) people have left its group since the last plan: if nobody meant that, look at the "
                    + "group in Entra ID; what has not left for a CA is not ordered for them")
        }
        if members > 0, members == counts[.skipped] {
            let reason = skippedByReason.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
            sentences.append(
                "\(Plural(members, "person is", "people are")) in its group and none of them gets a certificate: each "
                    + "\(reason); see 'certway plan'")
        }
        if refused > 0 {
            sentences.append(
                "\(Plural(refused, "person has", "people have")) no certificate, \(refusal); see 'certway plan' for who they "
                    + "are, and 'certway order again' once the cause is mended")
        }
        if refusedBeside > 0 {
            sentences.append(
                "the certificate of \(Plural(refusedBeside, "person", "people")) is not renewed or replaced, "
                    + "\(refusalBeside); see 'certway people list --template \(template)'")
        }
        if paced > 0 {
            sentences.append(
                "\(Plural(paced, "person waits", "people wait")) for another certificate (\(pacing)); find out who changes that "
                    + "again and again: 'certway people list --template \(template)' shows who they are, 'certway order again' "
                    + "orders one now")
        }
        if revokedByCA > 0 {
            sentences.append(
                "the CA has revoked the certificate of \(Plural(revokedByCA, "person", "people")), and nobody here has asked for "
                    + "that; nothing follows by itself: ask the CA why, 'certway people list --template \(template) --status "
                    + "ended' shows who they are, 'certway order again' orders anew")
        }
        if deletedInIntune > 0 {
            sentences.append(
                "the certificate of \(Plural(deletedInIntune, "person", "people")) was deleted in Intune, and nobody here has asked for "
                    + "that; nothing follows by itself (onDeletedInIntune: report): 'certway people list --template \(template) --status "
                    + "withdrawn' shows who they are, 'certway order again' orders anew, 'certway exception add' with --leave-out leaves them without"
            )
        }
        if over + overSoon > 0 {
            let ends = [
                over > 0 ? "the certificate of \(Plural(over, "person", "people")) is over" : nil,
                overSoon > 0
                    ? "\(over > 0 ? "that" : "the certificate") of \(Plural(overSoon, "person", "people")) ends within "
                        + "\(Self.soon / 86_400) days" : nil,
            ].compactMap(\.self).joined(separator: ", ")
            sentences.append(
                "\(ends), and nothing follows by itself\(endCause): \(endAdvice)")
        }
        if let first = unreadMailboxes.first {
            sentences.append(
                unreadMailboxes.count == 1
                    ? "the reading of shared mailbox \(first.address) stands still: \(first.problem ?? "")"
                    : "the reading of \(unreadMailboxes.count) shared mailboxes stands still, as 'certway mailbox list' shows; "
                        + "\(first.address): \(first.problem ?? "")")
        }
        return sentences.map { "template \(template): \($0)" }
    }

    /// Why nothing follows for most of those.
    private var endCause: String {
        let most = endReasons.max { ($0.value, $1.key) < ($1.value, $0.key) }
        guard let most, !most.key.isEmpty else { return "" }
        return " (\(endReasons.count > 1 ? "of \(most.value): " : "")\(most.key))"
    }

    private var endAdvice: String {
        let lists = [
            over > 0 ? "'certway people list --template \(template) --status ended'" : nil,
            overSoon > 0
                ? "'certway certificate list --expiring-within \(Self.soon / 86_400) --template \(template)'" : nil,
        ].compactMap(\.self).joined(separator: " and ")
        return
            "\(lists) \(over > 0 && overSoon > 0 ? "show" : "shows") them; once the cause is mended the next pass orders, and what a "
            + "person has ended 'certway order again' orders anew"
    }

    /// Fewer come and go in a small group every day.
    private static let manyPeople = 5

    public var json: JSONValue {
        [
            "template": .string(template), "evaluated": JSONValue(evaluated),
            "skippedByReason": .object(skippedByReason.mapValues { JSONValue($0) }),
            "actions": .object(
                Dictionary(uniqueKeysWithValues: actions.map { ($0.key.rawValue, JSONValue($0.value)) })),
            "incidentActions": .object(
                Dictionary(uniqueKeysWithValues: incidentActions.map { ($0.key.rawValue, JSONValue($0.value)) })),
            "price": price?.json ?? .null, "cost": cost?.json ?? .null, "warnings": JSONValue(warnings),
            "standstill": JSONValue(standstill),
        ]
    }
}
