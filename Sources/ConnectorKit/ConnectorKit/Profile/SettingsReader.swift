// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import JSONDocuments
internal import YAMLDocuments

/// Reads settings of a profile and options of its products: the same form.
struct SettingsReader {
    /// Operations of the profile, where choices may come from.
    private let operations: [String]

    init(_ operations: [String]) { self.operations = operations }

    /// - Returns: by rank, then in the order of the file; nil when the key is absent.
    func read(_ owner: MappingReader, _ key: String) -> [SettingSchema]? {
        let known = ProfileKey.common.names(in: key == "settings" ? "settings.*" : "products[].options.*")
        return owner.dictionary(key)?.map { member in
            setting(member.key, known, MappingReader(member.node, path: member.path, collector: owner.collector))
        }.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element)
    }

    private func setting(_ key: String, _ known: [String], _ reader: MappingReader) -> SettingSchema {
        defer { reader.finish(known: known) }
        if !key.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) || key.first?.isLetter != true {
            reader.collector.add(
                reader.node, reader.path, "\(key) cannot be the name of a setting",
                hint: "letters, digits and _, so that programs can write .settings.name")
        }
        _ = reader.requiredNode("type")
        let type = reader.choice("type", of: SettingSchema.ValueType.self)
        let defaultValue = reader.json("default")
        let schema = SettingSchema(
            key: key, type: type ?? .text, title: reader.requiredString("title"), help: reader.string("help") ?? "",
            isRequired: reader.bool("required") ?? (defaultValue == nil), defaultValue: defaultValue,
            rank: reader.int("rank", in: ProfileKey.common.range(of: "settings.*.rank")) ?? 0, choices: choices(reader),
            choicesFrom: reader.string("choicesFrom"), identifiesAccount: reader.bool("identifiesAccount") ?? false,
            signsIn: reader.bool("signsIn") ?? false)
        if let type { check(schema, type, reader) }
        return schema
    }

    private func choices(_ reader: MappingReader) -> [SettingSchema.Choice] {
        guard let node = reader.node("choices") else { return [] }
        if node.members != nil {
            return (reader.dictionary("choices") ?? []).compactMap { member in
                member.node.string(at: member.path, reader.collector).map {
                    SettingSchema.Choice(value: member.key, title: $0)
                }
            }
        }
        return (reader.strings("choices") ?? []).map { SettingSchema.Choice(value: $0, title: $0) }
    }

    private func check(_ schema: SettingSchema, _ type: SettingSchema.ValueType, _ reader: MappingReader) {
        if type == .choice, schema.choices.isEmpty, schema.choicesFrom == nil {
            reader.add("choices", "a choice needs choices or choicesFrom")
        }
        for key in ["choices", "choicesFrom"] where type != .choice && reader.has(key) {
            reader.add(key, "\(key) is for type choice only")
        }
        if let operation = schema.choicesFrom, !operations.contains(operation) {
            reader.add(
                "choicesFrom", "there is no operation \(operation)", hint: suggestion(for: operation, in: operations))
        }
        if type == .secret, schema.identifiesAccount {
            reader.add(
                "identifiesAccount", "a secret identifies nobody: it changes while the account stays",
                hint: "mark the setting that names the account")
        }
        if schema.signsIn, type == .secret || schema.identifiesAccount {
            reader.add(
                "signsIn",
                type == .secret ? "every secret signs in" : "a setting identifies the account or signs in, not both",
                hint: "leave signsIn out")
        }
        guard let value = schema.defaultValue else { return }
        if type == .secret {
            reader.add("default", "a secret has no default")
        } else if let problem = schema.problem(with: value) {
            reader.add("default", problem.message, hint: problem.hint)
        }
    }
}
