// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
import Directory
public import Foundation
public import Gateway
import Names
import PKIX
import Planning
public import Rules
public import Settings

/// What the rules say: which there are, and what a certificate or a template breaks.
public struct RuleAdministration: Sendable {
    private static let named = 5
    private let profiles: Profiles

    public init(_ profiles: Profiles) { self.profiles = profiles }

    /// - Parameter date: only those in force then; nil for all.
    /// - Throws: `Diagnostics` with every mistake of the rule files.
    public func list(at date: Date?) throws -> [CertificationRule] {
        let rules = try book().rules
        return date.map { date in rules.filter { $0.isInForce(at: date) } } ?? rules
    }

    private func book() throws -> RuleBook {
        let book = try profiles.rules.book()
        guard !book.rules.isEmpty else {
            throw SettingsError(
                "there are no rule files in \(profiles.rules.files.folders.joined(separator: ", ")): copy rules.d of the release"
            )
        }
        return book
    }

    /// What a certificate breaks.
    ///
    /// - Parameters:
    ///   - pem: the certificate, and the CAs above it where they are at hand.
    ///   - kind: nil for what the certificate itself says.
    ///   - date: nil for the day on which it was issued.
    /// - Throws: `PKIXError` for a text without a certificate, `Diagnostics` for the rule files.
    public func check(
        pem: String, name: String, kind: PublicSMIMEKind?, targets: Set<RuleTarget>, at date: Date?
    ) throws -> RuleReport {
        let all = try Certificate.all(pem: pem)
        guard let leaf = all.first(where: { !$0.isCA }) ?? all.first else {
            throw SettingsError("\(name) holds no certificate in PEM")
        }
        let own = kind.map { RuleSubject.Kind($0.subject, $0.generation) } ?? RuleSubject.Kind(leaf)
        // One that is for mail and says no kind breaks at least the rule that it says one.
        let isMail = leaf.extendedKeyUsage.contains(.emailProtection)
        let subject = RuleSubject(kind: own ?? (isMail ? RuleSubject.Kind(.mailbox, nil) : nil), targets: targets)
        let facts = CertificateFacts(leaf, issuer: all.first { leaf.names(issuer: $0) && $0 != leaf }, now: Date())
        let date = date ?? leaf.notBefore
        var json = facts.json
        json["type"] = own.map { .string($0.subject.rawValue) } ?? .null
        json["generation"] = (own?.generation).map { .string($0.rawValue) } ?? .null
        let book = try book()
        let found = RulePolicy().apply(book.findings(json, about: subject, .certificate, at: date))
        return RuleReport(
            name: "\(leaf.subject.isEmpty ? name : "\(leaf.subject)")", kind: own?.text, date: date, people: nil,
            note: subject.isEmpty ? "no rule is about it: it is not for mail, and no --target is given" : nil,
            entries: found.map { RuleReport.Entry(finding: $0, comes: Self.comes($0, book, from: leaf.notBefore)) })
    }

    /// What orders by a template would break, as the directory was last read.
    ///
    /// - Parameters:
    ///   - template: by name.
    ///   - person: one person, by whatever `PersonAdministration.find` finds; nil for all of the group.
    ///   - date: the day on which orders would be placed.
    /// - Throws: `SettingsError` for names that nobody knows; `EnrollmentError` for the rule files; `StoreError`.
    public func check(
        template name: String, person: String?, at date: Date, _ store: GatewayStore,
        _ configuration: GatewayConfiguration
    ) async throws -> RuleReport {
        let templates = TemplateAdministration(store, configuration, profiles)
        let template = try templates.template(name)
        let desk = profiles.desk(configuration)
        let rules = try desk.rules(for: template, at: date)
        guard !rules.subject.isEmpty else {
            return RuleReport(
                name: name, kind: nil, date: date, people: 0,
                note:
                    "no rule is about it: the profile does not say that product \(template.product) is a public S/MIME "
                    + "certificate (smime), and the template names no targets", entries: [])
        }
        let common = rules.findings(nil, primaryAddress: nil)
        var entries = common.map { RuleReport.Entry(finding: $0, comes: Self.comes($0, rules.book, from: Date())) }
        var people = 0
        let builder = NameBuilder(template: template, product: templates.product(of: template))
        func look(at members: [EnrollmentMember]) async {
            await rules.look(at: members.map(\.person))
            for member in members {
                let built = builder.build(for: member.person, rivals: member.rivals)
                guard built.obstacle == nil else { continue }
                people += 1
                for finding in rules.findings(built.names, primaryAddress: member.person.smtpAddresses.first)
                where !common.contains(finding) {
                    Self.add(finding, of: member.person.userPrincipalName, rules.book, to: &entries)
                }
            }
        }
        if person != nil {
            for person in try await templates.people(person, template, 1) {
                await look(at: [try await store.mirror.asMember(person)])
            }
        } else {
            var position = MemberPosition.start
            while true {
                let page = try await store.mirror.members(of: template.group, after: position, limit: 500)
                guard let last = page.last else { break }
                position = last.position
                await look(at: page.filter(\.isPresent))
            }
        }
        return RuleReport(
            name: name, kind: rules.subject.kind?.text, date: date, people: people, note: nil,
            entries: entries.enumerated().sorted {
                ($1.element.finding.severity, $0.offset) < ($0.element.finding.severity, $1.offset)
            }.map(\.element))
    }

    /// What orders by a template will break of rules that count later, by the day on which each begins; none where none is broken.
    ///
    /// - Throws: as `check(template:…)`.
    public func coming(
        template name: String, person: String?, _ store: GatewayStore, _ configuration: GatewayConfiguration
    ) async throws -> [RuleReport] {
        let today = Date()
        let days = Set(try book().rules.filter { $0.stages.contains(.order) && $0.from > today }.map(\.from)).sorted()
        var reports: [RuleReport] = []
        for day in days {
            var report = try await check(template: name, person: person, at: day, store, configuration)
            report.entries.removeAll { $0.comes != day }
            if !report.entries.isEmpty { reports.append(report) }
        }
        return reports
    }

    /// People with the same mistake are one entry.
    private static func add(
        _ finding: RuleFinding, of person: String, _ book: RuleBook, to entries: inout [RuleReport.Entry]
    ) {
        let place = entries.firstIndex { $0.people != nil && $0.finding.cause == finding.cause }
        var entry =
            place.map { entries[$0] }
            ?? RuleReport.Entry(finding: finding.withoutValue, comes: comes(finding, book, from: Date()), people: 0)
        entry.people = (entry.people ?? 0) + 1
        if entry.examples.count < named { entry.examples.append((person, finding.value)) }
        if let place { entries[place] = entry } else { entries.append(entry) }
    }

    private static func comes(_ finding: RuleFinding, _ book: RuleBook, from date: Date) -> Date? {
        book.rule(finding.rule).flatMap { $0.from > date ? $0.from : nil }
    }
}
