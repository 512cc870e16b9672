// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Foundation
import JSONDocuments
import Ledger
import PKIX
public import Rules
public import Settings
import YAMLDocuments

/// Where the rules of a template are asked for: puts rule files, configuration and what the profile knows of the product together.
public struct RuleDesk: Sendable {
    private let shelf: RuleShelf
    private let caa: CAALookup?
    private let configuration: GatewayConfiguration
    private let profile: @Sendable (String) -> ConnectorProfile?

    /// - Parameters:
    ///   - caa: nil to ask no resolver.
    ///   - profile: the connector profile of that name, as its file reads.
    public init(
        _ shelf: RuleShelf, caa: CAALookup?, configuration: GatewayConfiguration,
        profile: @escaping @Sendable (String) -> ConnectorProfile?
    ) {
        self.shelf = shelf
        self.caa = caa
        self.configuration = configuration
        self.profile = profile
    }

    /// Costs reading the rule files, and compiling them when they are new.
    ///
    /// - Parameter date: rules count that are in force then.
    /// - Throws: `EnrollmentError` where the rule files cannot be read: nothing is ordered by rules that nobody can read.
    public func rules(for template: TemplateConfiguration, at date: Date) throws(EnrollmentError) -> TemplateRules {
        let backendCA = configuration.backendCA(template.backendCA)
        let profile = backendCA.flatMap { self.profile($0.connector) }
        let product = profile?.product(template.product)
        let kind = (product?.smime ?? template.smime).map { smime in
            RuleSubject.Kind(smime.subject, smime.generation(Self.settings(backendCA, profile)))
        }
        var facts = OrderFacts(purpose: template.purpose, keyType: template.key, product: product)
        facts.kind = kind
        facts.validityDays = template.validityDays ?? product?.validityDays?.only
        facts.furtherUsages = template.accepted.extendedKeyUsages.union(product?.accepted.extendedKeyUsages ?? [])
            .sorted { $0.rawValue < $1.rawValue }
        facts.isCopied = template.isArchived || template.delivery == .intune
        facts.caaIdentifiers = profile?.caaIdentifiers ?? []
        return TemplateRules(
            try book(), backendCA?.rules ?? RulePolicy(), about: RuleSubject(kind: kind, targets: template.targets),
            facts: facts, caa: caa, at: date)
    }

    /// Templates of public CAs whose orders no rule is about, one sentence each: a CA that CAA records can name is a public one.
    public var unruled: [String] {
        configuration.templates.filter { $0.enabled && $0.purpose.isForMail }.compactMap { template in
            guard let profile = configuration.backendCA(template.backendCA).flatMap({ self.profile($0.connector) }),
                !profile.caaIdentifiers.isEmpty, template.smime == nil, profile.product(template.product)?.smime == nil
            else { return nil }
            return
                "template \(template.name): its orders are checked by no rule, for the profile \(profile.name) does not say that product "
                + "\(template.product) is a public S/MIME certificate; where it is one, say so in the template, such as smime: mailbox "
                + "(docs/manual/rules.md)"
        }
    }

    /// What a certificate that came back breaks. A remark, unless the configuration of the backend CA holds such certificates.
    ///
    /// - Throws: as `rules`.
    public func problems(
        of issued: IssuedCertificate, for order: Order, at date: Date
    ) throws(EnrollmentError) -> [IssuedCertificateProblem] {
        guard let template = configuration.template(order.template), let leaf = issued.certificateChain.first else {
            return []
        }
        let rules = try rules(for: template, at: date)
        guard !rules.subject.isEmpty else { return [] }
        var known = rules.facts
        known.names = RequestedNames(json: order.names)
        known.primaryAddress = known.names?.emails.first
        let above = issued.certificateChain.dropFirst().first { leaf.names(issuer: $0) }
        var facts = CertificateFacts(leaf, issuer: above, order: known, now: date)
        facts.isFresh = true
        let found = rules.policy.apply(
            rules.book.findings(facts.json, about: rules.subject, .certificate, at: leaf.notBefore))
        let held = rules.policy.holdsIssued ? found.filter { $0.severity == .stop } : []
        let remarks = found.filter { !held.contains($0) }
        return held.map { IssuedCertificateProblem($0.sentence) } + Self.remarks(remarks)
    }

    /// A line of the order's record is read by people.
    private static func remarks(_ findings: [RuleFinding]) -> [IssuedCertificateProblem] {
        let most = 3
        let rest = findings.count - most
        return findings.prefix(most).map { IssuedCertificateProblem($0.sentence, .remark) }
            + (rest > 0
                ? [
                    IssuedCertificateProblem(
                        "\(rest) more broken rules ('certway rules check FILE' lists them)", .remark)
                ] : [])
    }

    private func book() throws(EnrollmentError) -> RuleBook {
        do throws(Diagnostics) {
            return try shelf.book()
        } catch {
            throw EnrollmentError(
                "the rule files are not right, and nothing is ordered until they are ('certway rules list' shows all): "
                    + (error.all.first?.description ?? ""))
        }
    }

    private static func settings(_ backendCA: BackendCAConfiguration?, _ profile: ConnectorProfile?) -> [String:
        JSONValue]
    {
        let usual = (profile?.settings ?? []).compactMap { schema in schema.defaultValue.map { (schema.key, $0) } }
        return Dictionary(usual, uniquingKeysWith: { first, _ in first }).merging(backendCA?.settings ?? [:]) { $1 }
    }
}
