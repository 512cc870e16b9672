// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import PKIX
import Settings

/// Which account at which CA a backend CA stands for. An order belongs to the connection it was placed at: under another
/// one its id may mean somebody else's order.
public enum CAConnection {
    /// Longer ones end in a digest.
    static let maximumBytes = 190

    /// A text that stays the same as long as orders placed before can be asked for: connector, environment, address and the
    /// settings that say which account is meant. Secrets, limits, trusted roots and the backend CA's own name are no part
    /// of it. Costs microseconds and makes no connector.
    ///
    /// - Parameter profile: the one that `configuration` names.
    public static func text(_ configuration: BackendCAConfiguration, _ profile: ConnectorProfile) -> String {
        let environment = profile.environments.first {
            configuration.environment == nil || $0.name == configuration.environment
        }
        let address = configuration.endpoint.map(ProfileEnvironment.normalized) ?? environment?.url
        let account = profile.settings.filter(\.identifiesAccount).sorted { $0.key < $1.key }.compactMap { schema in
            (configuration.settings[schema.key] ?? schema.defaultValue).map { "\(schema.key)=\($0.string ?? $0.text)" }
        }
        let parts = [profile.name, environment?.name, address].compactMap(\.self) + account
        return shortened(parts.joined(separator: " "))
    }

    private static func shortened(_ text: String) -> String {
        guard text.utf8.count > maximumBytes else { return text }
        let hex = DigestAlgorithm.sha256.digest(Array(text.utf8)).prefix(16).hex
        var kept = Substring(text)
        while kept.utf8.count + 1 + hex.utf8.count > maximumBytes { kept.removeLast() }
        return "\(kept) \(hex)"
    }
}
