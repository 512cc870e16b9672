// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Directory
import Foundation
public import Rules

/// The rules that orders by one template must keep, at one moment: which count for its product and targets, and what is known without a
/// person. Rules of severity stop leave a person out, those of severity warn are said in the plan.
public struct TemplateRules: Sendable {
    public let subject: RuleSubject
    public let book: RuleBook
    let policy: RulePolicy
    let facts: OrderFacts
    /// nil where no rule in force asks what mail domains say.
    let caa: CAALookup?
    let now: Date

    /// - Parameters:
    ///   - facts: without names.
    ///   - caa: looks up what mail domains say.
    ///   - date: rules count that are in force then.
    init(
        _ book: RuleBook, _ policy: RulePolicy, about subject: RuleSubject, facts: OrderFacts, caa: CAALookup?,
        at date: Date
    ) {
        self.book = book
        self.policy = policy
        self.subject = subject
        self.facts = facts
        let asking = book.rules(about: subject, .order, at: date).filter(\.asksDomains)
        self.caa = asking.contains { policy.rules[$0.id] != .accept } ? caa : nil
        now = date
    }

    /// Changes with everything a verdict depends on beside the person.
    var fingerprint: String {
        ([book.fingerprint(at: now), policy.text, facts.kind?.text ?? ""] + subject.targets.map(\.rawValue).sorted()
            + facts.caaIdentifiers + facts.furtherUsages.map(\.rawValue).sorted()).joined(separator: " ")
    }

    /// Asks what the mail domains of these people say, where a rule needs it: not once for each person.
    func look(for members: [EnrollmentMember]) async {
        await look(at: members.filter(\.isPresent).map(\.person))
    }

    public func look(at people: [DirectoryPerson]) async {
        await caa?.look(CAALookup.domains(of: people.flatMap(\.smtpAddresses)))
    }

    /// What an order with these names would break, the worst first; what is accepted is left out.
    ///
    /// - Parameters:
    ///   - names: nil for what is known before a person is looked at.
    ///   - primaryAddress: the person's main address.
    public func findings(_ names: RequestedNames?, primaryAddress: String?) -> [RuleFinding] {
        guard !subject.isEmpty else { return [] }
        var facts = facts
        facts.names = names
        facts.primaryAddress = primaryAddress
        facts.caa = names.flatMap { names in caa?.known(CAALookup.domains(of: names.emails)) }
        return policy.apply(book.findings(facts.json, about: subject, .order, at: now))
    }

    /// Why nothing is checked although it should be; nil when there are rules.
    var lack: String? {
        subject.isEmpty || !book.rules.isEmpty
            ? nil
            : "there are no rule files, and orders are not checked before they are placed: put rules.d of the release beside connectors.d"
    }

    /// How a reason begins that warns and leaves nobody out.
    static let warning = "warning: "
}

extension [RuleFinding] {
    /// Why nothing is ordered, in one sentence that is the same for all whom it concerns; nil when nothing stands against it.
    var obstacle: String? {
        let stops = filter { $0.severity == .stop }
        guard let first = stops.first else { return nil }
        return first.cause
            + (stops.count > 1 ? " and \(stops.count - 1) more ('certway rules check' shows all)" : "")
    }

    /// What is said although the order goes on; nil for nothing.
    var warning: String? {
        let warnings = filter { $0.severity == .warn }
        guard let first = warnings.first else { return nil }
        return TemplateRules.warning + first.cause + (warnings.count > 1 ? " and \(warnings.count - 1) more" : "")
    }
}
