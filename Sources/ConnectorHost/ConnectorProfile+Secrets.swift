// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import Settings

extension ConnectorProfile {
    /// Takes the settings that are secrets out of `values`.
    ///
    /// - Throws: `SettingsError` for a secret that is given itself, without quoting it; the operator must act.
    func takeSecrets(from values: inout [String: JSONValue]) throws(SettingsError) -> [String: SecretReference] {
        var references: [String: SecretReference] = [:]
        for schema in settings where schema.type == .secret {
            guard let value = values.removeValue(forKey: schema.key), !value.isNull else { continue }
            guard let reference = value.string.flatMap(SecretReference.init) else {
                throw SettingsError("settings.\(schema.key): \(SecretReference.expectation)")
            }
            references[schema.key] = reference
        }
        return references
    }
}

extension ProfileCatalogue {
    /// Secrets that stand in a configuration themselves: it must not be stored with them. A backend CA without a usable
    /// profile is not looked at.
    ///
    /// - Returns: one sentence for each backend CA.
    public func bareSecrets(in configurations: [BackendCAConfiguration]) -> [String] {
        configurations.compactMap { configuration in
            var values = configuration.settings
            do {
                _ = try outline(named: configuration.connector)?.takeSecrets(from: &values)
                return nil
            } catch {
                return "backend CA \(configuration.name): \(error)"
            }
        }
    }
}
