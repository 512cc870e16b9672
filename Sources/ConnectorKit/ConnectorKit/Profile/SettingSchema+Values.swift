// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
public import YAMLDocuments

extension Collection<SettingSchema> {
    /// Compares values with the schema, finds everything wrong at once and fills in the defaults.
    ///
    /// - Parameters:
    ///   - values: as given, without secrets.
    ///   - secrets: names of the secrets that were given.
    ///   - file: what diagnostics call the origin of the values.
    ///   - path: key path of the values, such as `settings`.
    ///   - collector: takes what is wrong.
    /// - Returns: the values with defaults.
    public func complete(
        _ values: [String: JSONValue], secrets: some Collection<String> = [String](), file: String, path: String,
        collector: DiagnosticCollector
    ) -> [String: JSONValue] {
        func note(_ key: String, _ message: String, _ hint: String?) {
            collector.add(
                Diagnostic(file: file, keyPath: DottedPath.join(path, key), message: message, hint: hint))
        }
        var result: [String: JSONValue] = [:]
        for schema in self {
            let value = values[schema.key].flatMap { $0.isNull ? Optional<JSONValue>.none : $0 }
            if let value {
                if let problem = schema.problem(with: value) { note(schema.key, problem.message, problem.hint) }
                result[schema.key] = value
            } else if let value = schema.defaultValue {
                result[schema.key] = value
            } else if schema.isRequired, schema.type != .secret || !secrets.contains(schema.key) {
                note(schema.key, "\(schema.title) is missing", schema.help.isEmpty ? nil : schema.help)
            }
        }
        let known = map(\.key)
        let secretKeys = filter { $0.type == .secret }.map(\.key)
        for key in values.keys.sorted() where !known.contains(key) {
            note(key, "unknown setting \(key)", suggestion(for: key, in: known))
        }
        for key in secrets.sorted() where !secretKeys.contains(key) {
            note(key, "\(key) is not a secret of this connector", suggestion(for: key, in: secretKeys))
        }
        return result
    }
}
