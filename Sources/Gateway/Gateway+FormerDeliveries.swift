// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Delivery
import JSONDocuments
public import KeyHoldings
import Ledger
import PKIX
public import Settings

extension IntuneConfiguration {
    /// With the key that was applied.
    ///
    /// - Throws: `SettingsError` for the file, `GraphError` for what it holds.
    public func settings() throws -> IntuneSettings {
        let key = try RSAPublicBlob.publicKey(Array(SettingsFile(path: publicKey, applied: appliedKey).bytes()))
        return try IntuneSettings(
            publicKey: key, providerName: providerName, keyName: keyName, paddingScheme: paddingScheme,
            encryption: pfxEncryption)
    }
}

extension GatewayStore {
    /// For which key of the connectors nothing of an earlier one was left: what is delivered since is for this one, so that nobody
    /// counts again before it changes.
    private static let clearedState = "intune.noFormerDeliveries"

    /// Nil while nothing is delivered, and for a key that cannot be used, which is said elsewhere.
    private func connector() async throws -> String? { try? await configuration().intune?.settings().connector }

    /// What of some people lies in Intune for a former key of the connectors.
    ///
    /// - Parameter people: object ids.
    public func formerDeliveries(people: [String]) async throws -> [FormerDelivery] {
        guard let connector = try await connector() else { return [] }
        return try await KeyHoldingStore(ledger).formerDeliveries(connector: connector, people: people)
    }

    /// How much of each template lies in Intune for a former key of the connectors, one sentence each. Reads what is on record of every
    /// certificate in use, and nothing once none was left.
    public func formerDeliverySentences() async throws -> [(template: String, sentence: String)] {
        guard let connector = try await connector() else { return [] }
        let cleared = try await ledger.state(Self.clearedState)?.string
        if cleared == connector { return [] }
        let counts = try await KeyHoldingStore(ledger).formerDeliveries(connector: connector)
        if counts.isEmpty {
            try await ledger.setState(Self.clearedState, .string(connector))
        } else if cleared != nil {
            // Whoever goes back to that key has meanwhile delivered for another one.
            try await ledger.setState(Self.clearedState, nil)
        }
        return counts.sorted { $0.key < $1.key }.compactMap { template, count in
            FormerDelivery.sentence(again: count.again, left: count.left, template: template).map { (template, $0) }
        }
    }
}
