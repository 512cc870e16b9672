// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Documents made from the descriptions of profile keys.
public enum ProfileReference {
    /// The key reference for `connectors.d/README.md`: a table of the common keys, and one for each module.
    ///
    /// - Parameter modules: connector types; one without `ProfileDescribing` adds nothing.
    public static func markdown(modules: [any CertificateAuthorityConnector.Type]) -> String {
        let described = modules.compactMap { $0 as? any ProfileDescribing.Type }.sorted {
            $0.kind.rawValue < $1.kind.rawValue
        }
        let parts =
            [("Keys of every profile", ProfileKey.common)]
            + described.map { ("Keys of module `\($0.kind)`", $0.profileKeys) }
        return parts.map(table).joined(separator: "\n\n") + "\n"
    }

    /// A table of keys under a title, as Markdown; examples have a column where there are some.
    public static func table(_ title: String, _ keys: [ProfileKey]) -> String {
        let hasExamples = keys.contains { $0.isTopLevel && $0.example != nil }
        let columns = ["key", "value", "meaning"] + (hasExamples ? ["example"] : [])
        let rows = keys.map { key in
            let example = key.isTopLevel ? key.example.map(inline) ?? "" : ""
            let cells = [code(key.path) + (key.isRequired ? " (required)" : ""), key.value, key.help]
            return row(cells + (hasExamples ? [example.isEmpty ? "" : code(example)] : []))
        }
        let rule = String(repeating: "|---", count: columns.count) + "|"
        return (["## \(title)", "", row(columns), rule] + rows).joined(separator: "\n")
    }

    /// The keys of profiles for a module: its own, and those of every profile; what it says of one of these counts more.
    public static func keys(of module: any CertificateAuthorityConnector.Type) -> [ProfileKey] {
        let own = (module as? any ProfileDescribing.Type)?.profileKeys ?? []
        let common = ProfileKey.common.map { key in own.first { $0.path == key.path } ?? key }
        let added = own.filter { !common.map(\.path).contains($0.path) }
        // The module's sections stand where a reader looks for them: after who and where, before the facts.
        let facts = common.firstIndex { $0.path == "limits" } ?? common.endIndex
        return common[..<facts] + added + common[facts...]
    }

    /// A profile to begin with: switched off, required keys filled with examples, all others as comments.
    ///
    /// - Parameters:
    ///   - name: of the connector.
    ///   - module: connector type of the kind it is for.
    public static func skeleton(name: String, module: any CertificateAuthorityConnector.Type) -> String {
        let given = ["connector": name, "module": module.kind.rawValue, "enabled": "false"]
        let keys = keys(of: module)
        let blocks = keys.filter(\.isTopLevel).map { key in
            let value = given[key.path] ?? key.example ?? "{}"
            let isActive = key.isRequired || given[key.path] != nil || wanted.contains(key.path)
            let yaml = "\(key.path):" + (value.hasPrefix("\n") ? value : " " + value)
            let lines = yaml.split(separator: "\n").map { isActive ? String($0) : "# \($0)" }
            return (wrapped(key.help) + lines + inner(of: key.path, keys)).joined(separator: "\n")
        }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    /// The keys below a top-level key, each with its meaning, as comment lines.
    private static func inner(of top: String, _ keys: some Sequence<ProfileKey>) -> [String] {
        let found = keys.filter { $0.path.hasPrefix(top + ".") || $0.path.hasPrefix(top + "[") }
        guard !found.isEmpty else { return [] }
        return ["# All keys below \(top):"]
            + found.flatMap { key in
                let path = key.path.dropFirst(top.count).drop { $0 == "." }
                let type = key.value + (key.isRequired ? ", required" : "")
                return wrapped("- \(path) (\(type)): \(key.help)", further: "# ")
            }
    }

    /// Optional keys that nearly every profile has, so a new one begins with them.
    private static let wanted = ["environments", "settings", "login", "limits", "products"]

    /// The help as comment lines.
    ///
    /// - Parameter further: what lines after the first begin with.
    private static func wrapped(_ text: String, further: String = "#") -> [String] {
        var lines: [String] = []
        var line = "#"
        for word in text.split(separator: " ") {
            if line.count + word.count > 118 {
                lines.append(line)
                line = further
            }
            line += " " + word
        }
        return lines + [line]
    }

    private static func inline(_ example: String) -> String {
        example.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { !$0.hasPrefix("#") }.joined(
            separator: " ")
    }

    private static func code(_ text: String) -> String { "`\(text)`" }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
}
