// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import JSONDocuments
internal import PKIX
internal import YAMLDocuments

/// Reads the part of a profile that does not depend on its module.
struct ProfileReader {
    private let root: MappingReader
    private let collector: DiagnosticCollector

    init(_ node: YAMLNode, _ collector: DiagnosticCollector) {
        root = MappingReader(node, collector: collector)
        self.collector = collector
    }

    func read() -> ConnectorProfile {
        let module = root.requiredString("module")
        let sectionKeys = ProfileKey.sections + (module.isEmpty ? [] : [module])
        let sections = sectionKeys.compactMap { key in root.node(key).map { (key, $0) } }
        let operations = root.node("operations").map { $0.members?.compactMap(\.key.scalar) ?? [] } ?? []
        let profile = ConnectorProfile(
            name: name(), title: root.requiredString("title"), module: ConnectorKind(rawValue: module),
            isEnabled: root.bool("enabled") ?? true, file: root.node.file, documentation: documentation(),
            environments: environments(), settings: SettingsReader(operations).read(root, "settings") ?? [],
            limits: RateLimit.read(root, "limits"),
            products: ProductsReader(root, operations).read(), revocationReasons: revocationReasons(),
            abilities: abilities(), missing: missing(),
            absenceIsSureAfter: root.duration("absenceIsSureAfter", in: .settling),
            chain: chain(),
            certifiesAnyAddress: root.bool("certifiesAnyAddress") ?? false, caaIdentifiers: caaIdentifiers(),
            sections: Dictionary(sections, uniquingKeysWith: { first, _ in first }))
        for ability in profile.missing.keys where profile.claims(ability) {
            root.add("missing", "\(ability.rawValue) is not missing: the profile has it")
        }
        root.finish(known: ProfileKey.common.names(in: "") + sectionKeys)
        return profile
    }

    private func name() -> String {
        let name = root.requiredString("connector")
        if !name.isEmpty, let problem = ConnectorProfile.problem(ofName: name) { root.add("connector", problem) }
        return name
    }

    private func documentation() -> [String] {
        (root.list("documentation") ?? []).compactMap { item in
            guard let text = item.node.string(at: item.path, collector) else { return nil }
            if text.hasPrefix("https://") || text.hasPrefix("http://") { return text }
            collector.add(item.node, item.path, "expected an address that begins with https://")
            return nil
        }
    }

    private func environments() -> [ProfileEnvironment] {
        (root.dictionary("environments") ?? []).compactMap { member in
            guard let url = member.node.string(at: member.path, collector) else { return nil }
            if let problem = ProfileEnvironment.problem(withAddress: url) {
                collector.add(member.node, member.path, problem)
            }
            return ProfileEnvironment(name: member.key, url: ProfileEnvironment.normalized(url))
        }
    }

    private func revocationReasons() -> RevocationReasonTable {
        let names = RevocationReason.allCases.map(\.name)
        var words: [RevocationReason: JSONValue] = [:]
        for member in root.dictionary("revocationReasons") ?? [] {
            guard let reason = RevocationReason(name: member.key) else {
                collector.add(
                    member.node, member.path, "\(member.key) is not a reason of RFC 5280 §5.3.1",
                    hint: suggestion(for: member.key, in: names))
                continue
            }
            let word = member.node.json
            if word.isNull { continue }
            if word.string == nil, word.int == nil {
                collector.add(member.node, member.path, "expected text, a whole number or null, found \(word.kindName)")
            }
            words[reason] = word
        }
        return RevocationReasonTable(words)
    }

    private func caaIdentifiers() -> [String] {
        (root.list("caaIdentifiers") ?? []).compactMap { item in
            guard let text = item.node.string(at: item.path, collector) else { return nil }
            if text.wholeMatch(of: /([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*/) != nil { return text }
            collector.add(
                item.node, item.path, "expected a domain in small letters, such as ca.example, found \"\(text)\"")
            return nil
        }
    }

    private func abilities() -> [ConnectorAbility] {
        (root.list("abilities") ?? []).compactMap { $0.node.choice(at: $0.path, collector) }
    }

    private func missing() -> [ConnectorAbility: String] {
        var texts: [ConnectorAbility: String] = [:]
        for member in root.dictionary("missing") ?? [] {
            guard let ability = ConnectorAbility(rawValue: member.key) else {
                collector.add(
                    member.node, member.path, "\(member.key) is not an ability",
                    hint: suggestion(for: member.key, in: ConnectorAbility.allCases.map(\.rawValue)))
                continue
            }
            texts[ability] = member.node.string(at: member.path, collector)
        }
        return texts
    }

    private func chain() -> ChainHandling {
        guard let reader = root.mapping("chain") else { return ChainHandling() }
        defer { reader.finish(known: ProfileKey.common.names(in: "chain")) }
        let intermediates = (reader.list("intermediates") ?? []).compactMap { item -> Certificate? in
            guard let pem = item.node.string(at: item.path, collector) else { return nil }
            if let certificate = try? Certificate(pem: pem) { return certificate }
            collector.add(item.node, item.path, "expected one certificate in PEM")
            return nil
        }
        let roots = (reader.list("roots") ?? []).compactMap { item -> String? in
            guard let text = item.node.string(at: item.path, collector) else { return nil }
            let hex = text.lowercased().filter { $0 != ":" }
            if hex.utf8.count == 64, hex.allSatisfy(\.isHexDigit) { return hex }
            collector.add(item.node, item.path, "expected a SHA-256 fingerprint of 64 hex digits")
            return nil
        }
        return ChainHandling(intermediates: intermediates, roots: roots)
    }
}
