// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Gateway
import PKIX
import Planning
import Rules
import Settings

/// Compares what a template orders with what it would order at another CA: by profiles, configuration and rules, offline.
struct CASwitchComparison {
    /// A template beside what is known of where it orders.
    struct Side {
        let template: TemplateConfiguration
        let backendCA: BackendCAConfiguration?
        let profile: ConnectorProfile?
        let product: ProductFacts?
        let rules: TemplateRules?

        /// - Parameter configuration: has the backend CA.
        init(
            _ template: TemplateConfiguration, _ configuration: GatewayConfiguration, _ profiles: Profiles,
            _ desk: RuleDesk, at now: Date
        ) throws {
            self.template = template
            backendCA = configuration.backendCA(template.backendCA)
            profile = backendCA.flatMap { profiles.catalogue.outline(named: $0.connector) }
            product = profile?.product(template.product)
            rules = try desk.rules(for: template, at: now)
        }

        var forPlanner: EnrollmentPlanner.SwitchSide { .init(template, product: product, rules: rules) }

        var roots: [Certificate] {
            guard let backendCA else { return [] }
            return (try? SettingsFile(path: backendCA.acceptedRoots).roots("acceptedRoots")) ?? []
        }
    }

    let former: Side
    let next: Side

    private static let unknown = "not known"

    /// Whether the CA has nothing to validate that it has not validated: it is the same one, or certifies what it is asked for.
    var hasDomainsAlready: Bool {
        former.template.backendCA == next.template.backendCA || next.profile?.certifiesAnyAddress == true
    }

    /// Everything in which they differ, in the order in which a person asks.
    var differences: [CASwitchReport.Difference] {
        var all: [(String, (Side) -> String)] = [
            (
                "CA",
                {
                    [$0.template.backendCA, $0.profile.map { "(\($0.title))" }].compactMap(\.self).joined(
                        separator: " ")
                }
            ),
            (
                "product",
                { [$0.template.product, $0.product.map { "(\($0.title))" }].compactMap(\.self).joined(separator: " ") }
            ),
            ("key of the template", { $0.template.key.rawValue }),
            ("key types of the product", { Self.words($0.product?.keyTypes.map(\.rawValue)) }),
            ("purposes", { Self.words($0.product?.purposes.map(\.rawValue)) }),
            ("validity in days", Self.validity),
            (
                "names certified",
                { side in
                    side.product == nil
                        ? Self.unknown : side.product?.allowedNames?.joined(separator: ", ") ?? "those of the template"
                }
            ),
            (
                "names required",
                {
                    $0.product.map { $0.requiredNames.isEmpty ? "none" : $0.requiredNames.joined(separator: ", ") }
                        ?? Self.unknown
                }
            ),
            ("kind of S/MIME certificate", { $0.rules?.subject.kind?.text ?? Self.unknown }),
            (
                "extended usages beside the purpose",
                { side in
                    let all = side.template.accepted.adding(product: side.product?.accepted ?? AcceptedDifferences())
                    return Self.words(all.extendedKeyUsages.map(\.rawValue).sorted())
                }
            ),
            ("options", { $0.template.options.text }),
            ("price", { _ in Self.unknown }),
            ("whether addresses are checked", Self.addresses),
            ("CAA records that allow it", { Self.words($0.profile?.caaIdentifiers) }),
            ("reasons of revocation", { Self.words($0.profile?.revocationReasons.offered.map(\.name)) }),
            ("accepted roots", { side in Self.words(side.roots.map { "\($0.subject)" }) }),
        ]
        for ability in ConnectorAbility.allCases {
            all.append(("can \(ability.action)", { Self.can(ability, $0) }))
        }
        return all.compactMap { topic, text in
            let (before, after) = (text(former), text(next))
            return before == after ? nil : CASwitchReport.Difference(topic: topic, former: before, next: after)
        }
    }

    private static func words(_ words: [String]?) -> String {
        guard let words else { return unknown }
        return words.isEmpty ? "none named" : words.joined(separator: ", ")
    }

    private static func validity(_ side: Side) -> String {
        [
            side.template.validityDays.map { "\($0) asked for" },
            side.product?.validityDays.map { "offered \($0.words)" },
        ]
        .compactMap(\.self).joined(separator: ", ").nonEmpty ?? unknown
    }

    private static func addresses(_ side: Side) -> String {
        guard let profile = side.profile else { return unknown }
        if profile.certifiesAnyAddress { return "by nobody: what the template asks for is certified" }
        return profile.claims(.validationState) || profile.claims(.resendValidation)
            ? "by the CA: their domains once, or each person clicks in a mail"
            : "by the CA: their domains, in its own console"
    }

    private static func can(_ ability: ConnectorAbility, _ side: Side) -> String {
        guard let profile = side.profile else { return unknown }
        return profile.claims(ability) ? "yes" : "no" + (profile.missing[ability].map { ": \($0)" } ?? "")
    }

    /// Rules that count for one side and not for the other, or with another consequence.
    var rules: (begin: [CASwitchReport.Rule], end: [CASwitchReport.Rule]) {
        func all(_ side: Side) -> [CASwitchReport.Rule] {
            (side.rules?.inForce ?? []).filter { $0.severity != .accept }.map {
                CASwitchReport.Rule(id: $0.rule.id, severity: $0.severity.rawValue, finding: $0.rule.finding)
            }
        }
        let (before, after) = (all(former), all(next))
        return (after.filter { !before.contains($0) }, before.filter { !after.contains($0) })
    }

    /// What devices and mail services have to trust that they did not for the former CA.
    var trust: [String] {
        let known = Set(former.roots.map(\.sha256Fingerprint))
        return next.roots.filter { !known.contains($0.sha256Fingerprint) }.map { root in
            "root \"\(root.subject)\" (SHA-256 \(root.sha256Fingerprint)) is new: devices must trust it (a trusted certificate profile in "
                + "Intune where the system does not know it), and Exchange Online, where S/MIME is validated there, must have it in its "
                + "S/MIME certificate collection, before the first person gets a certificate that leads to it"
        }
    }

    /// What is allowed and should be known.
    var warnings: [String] {
        var warnings: [String] = []
        if next.rules?.subject.kind == nil, former.rules?.subject.kind != nil {
            warnings.append(
                "which kind of S/MIME certificate product \(next.template.product) is, is not known, and rules for public certificates are not "
                    + "checked: say --set smime=mailbox-strict, or which kind it is")
        }
        if let profile = next.profile, !profile.claims(.revoke) {
            warnings.append(
                "certificates of \(next.template.backendCA) cannot be revoked by the gateway"
                    + (profile.missing[.revoke].map { ": \($0)" } ?? ""))
        }
        return warnings
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
