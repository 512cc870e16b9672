// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import YAMLDocuments

/// Everything about one CA product, as data: a file in `connectors.d/`.
public struct ConnectorProfile: Sendable {
    /// Name of the connector; the `connector:` of backend CAs.
    public var name: String
    public var title: String
    /// Kind of the module that runs it.
    public var module: ConnectorKind
    /// Whether backend CAs may use it.
    public var isEnabled: Bool
    /// The file it was read from, as the reader was told.
    public var file: String
    public var documentation: [String]
    /// In the order of the file; the first is the default.
    public var environments: [ProfileEnvironment]
    /// In the order in which a form shows them.
    public var settings: [SettingSchema]
    public var limits: [RateLimit]
    public var products: [ProductFacts]
    public var revocationReasons: RevocationReasonTable
    /// What the CA product offers, as the profile declares it; the conformance kit holds it to that.
    public var abilities: [ConnectorAbility]
    /// What to do instead of something the CA cannot do, for people.
    public var missing: [ConnectorAbility: String]
    /// How long an order may stay invisible at the CA after a lost answer; nil where nothing is known.
    public var absenceIsSureAfter: Duration?
    public var chain: ChainHandling
    /// The CA checks no addresses itself: what the template asks for is certified.
    public var certifiesAnyAddress: Bool
    /// Domains by which CAA records mean this CA (RFC 9495 §4), as its CPS names them; empty where the profile does not say.
    public var caaIdentifiers: [String]
    /// `login`, `operations`, `errors` and whatever else only the module of that kind understands and checks.
    public var sections: [String: YAMLNode]
    /// From `diagnose` of the module to the connector made next.
    public let prepared = PreparedSections()

    /// Reads the part every profile has, strictly. The sections are handed on unread: `diagnose` of the module's
    /// connector type checks them.
    ///
    /// - Parameters:
    ///   - text: YAML.
    ///   - file: the name that diagnostics show.
    /// - Throws: everything that is wrong, for whoever wrote the profile.
    public static func read(_ text: String, file: String) throws(Diagnostics) -> ConnectorProfile {
        let (profile, problems) = try examine(text, file: file)
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return profile
    }

    /// Reads a profile as far as it goes, so that the module can look at its own sections although others are wrong.
    ///
    /// - Returns: a profile to be diagnosed and not to be used while there are problems.
    /// - Throws: `Diagnostics` for text that is not YAML.
    public static func examine(_ text: String, file: String) throws(Diagnostics) -> (
        profile: ConnectorProfile, problems: [Diagnostic]
    ) {
        let collector = DiagnosticCollector()
        let profile = ProfileReader(try YAMLNode.parse(text, file: file), collector).read()
        return (profile, collector.sorted)
    }

    /// Whether the profile switches an ability on: by an operation of that name, or, where the module needs no
    /// operations, by declaring it.
    ///
    /// A declared ability without its operation is not switched on: the backend CA lacks it, and the conformance kit says
    /// that the profile promises too much.
    public func claims(_ ability: ConnectorAbility) -> Bool {
        guard let operations = sections["operations"] else { return abilities.contains(ability) }
        return operations[ability.rawValue] != nil
    }

    /// What is known about a product, by its id or an alias.
    public func product(_ id: String) -> ProductFacts? {
        products.first { $0.id == id } ?? products.first { $0.isKnown(as: id) }
    }

    /// Notes the sections that the module does not know.
    ///
    /// - Parameter keys: the module's own description.
    public func diagnoseSections(known keys: [ProfileKey]) -> [Diagnostic] {
        let known = keys.names(in: "")
        return sections.filter { !known.contains($0.key) }.map { key, node in
            node.diagnostic(
                "module \(module) knows no \(key)", keyPath: key,
                hint: suggestion(for: key, in: known + ProfileKey.common.names(in: "")))
        }
    }
}
