// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import Settings

extension ConnectorProfile {
    /// Takes the settings that are secrets out of `values`.
    ///
    /// - Returns: where each lies, and the settings that are given something else, which may be the secret itself: a
    ///   configuration must not be stored with it, and no message may quote it.
    public func takeSecrets(from values: inout [String: JSONValue]) -> (
        references: [String: SecretReference], bare: [String]
    ) {
        var references: [String: SecretReference] = [:]
        var bare: [String] = []
        for schema in settings where schema.type == .secret {
            guard let value = values.removeValue(forKey: schema.key), !value.isNull else { continue }
            if let reference = value.string.flatMap(SecretReference.init) {
                references[schema.key] = reference
            } else {
                bare.append(schema.key)
            }
        }
        return (references, bare)
    }
}
