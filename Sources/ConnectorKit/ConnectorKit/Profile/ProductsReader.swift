// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PKIX
internal import YAMLDocuments

/// Reads the product facts of a profile.
struct ProductsReader {
    private let root: MappingReader
    private let operations: [String]

    init(_ root: MappingReader, _ operations: [String]) {
        self.root = root
        self.operations = operations
    }

    func read() -> [ProductFacts] {
        var seen: Set<String> = []
        return root.mappings("products").map { reader in
            let product = product(reader)
            for id in [product.id] + product.aliases where !id.isEmpty && !seen.insert(id).inserted {
                reader.add(id == product.id ? "id" : "aliases", "\(id) stands twice among the products")
            }
            return product
        }
    }

    private func product(_ reader: MappingReader) -> ProductFacts {
        defer { reader.finish(known: ProfileKey.common.names(in: "products[]")) }
        let names = reader.mapping("names")
        defer { names?.finish(known: ProfileKey.common.names(in: "products[].names")) }
        let (from, until) = (reader.day("from"), reader.day("until"))
        if let from, let until, until <= from { reader.add("until", "expected a day after from") }
        return ProductFacts(
            id: reader.requiredString("id"), title: reader.requiredString("title"),
            aliases: reader.strings("aliases") ?? [], keyTypes: words(reader, "keyTypes"),
            purposes: words(reader, "purposes"), validityDays: validity(reader),
            accepted: AcceptedDifferences(reader),
            requiredNames: names.flatMap { nameKeys($0, "required") } ?? [],
            allowedNames: names.flatMap { nameKeys($0, "allowed") }, smime: smime(reader), from: from, until: until,
            options: SettingsReader(operations).read(reader, "options"))
    }

    private func words<Word: RawRepresentable<String> & CaseIterable>(_ reader: MappingReader, _ key: String) -> [Word]
    {
        (reader.list(key) ?? []).compactMap { $0.node.choice(at: $0.path, reader.collector) }
    }

    private func nameKeys(_ reader: MappingReader, _ key: String) -> [String]? {
        reader.list(key)?.compactMap { $0.node.word(at: $0.path, of: RequestedNames.keys, reader.collector) }
    }

    private func smime(_ reader: MappingReader) -> PublicSMIMEKind? {
        guard let kind = reader.mapping("smime") else { return nil }
        defer { kind.finish(known: ProfileKey.common.names(in: "products[].smime")) }
        let setting = kind.string("generationSetting")
        let settings = root.node("settings")?.members?.compactMap(\.key.scalar) ?? []
        if let setting, !settings.contains(setting) {
            kind.add("generationSetting", "unknown setting \(setting)", hint: suggestion(for: setting, in: settings))
        }
        let generation = kind.choice("generation", of: PublicSMIMEKind.Generation.self)
        guard kind.requiredNode("type") != nil,
            let subject = kind.choice("type", of: PublicSMIMEKind.Subject.self)
        else { return nil }
        return PublicSMIMEKind(subject: subject, generation: generation, generationSetting: setting)
    }

    private func validity(_ reader: MappingReader) -> ProductValidity? {
        guard let node = reader.node("validityDays") else { return nil }
        let days = ProfileKey.common.range(of: "products[].validityDays")
        guard node.members != nil else {
            return .list(
                (reader.list("validityDays") ?? []).compactMap {
                    $0.node.int(at: $0.path, in: days, reader.collector)
                })
        }
        guard let bounds = reader.mapping("validityDays") else { return nil }
        defer { bounds.finish(known: ProfileKey.common.names(in: "products[].validityDays")) }
        let minimum = bounds.int("minimum", in: days) ?? 1
        guard bounds.requiredNode("maximum") != nil, let maximum = bounds.int("maximum", in: days) else { return nil }
        guard minimum <= maximum else {
            bounds.add("maximum", "expected at least \(minimum), the minimum")
            return nil
        }
        return .range(minimum...maximum)
    }
}
