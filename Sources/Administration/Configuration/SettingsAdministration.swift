// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import Gateway
public import JSONDocuments
import Ledger
import Settings

/// Every setting of the sections that are one document, whether it is set or not.
public struct SettingsAdministration: Sendable {
    private static let lists: Set = ["keyRecoveryAgents", "backendCAs", "directories", "templates", "policies"]

    private let gateway: Gateway

    public init(_ gateway: Gateway) { self.gateway = gateway }

    /// In the order of the reference. Secrets are references, as they are stored.
    ///
    /// - Throws: `StoreError`.
    public func list() async throws -> [JSONValue] {
        let documents = try await gateway.ledger.documents()
        let parents = Set(ConfigurationKeys.all.filter { $0.type == "mapping" }.map(\.path))
        return ConfigurationKeys.all.compactMap { key in
            let parts = key.path.split(separator: ".").map(String.init)
            guard !Self.lists.contains(parts[0]), !key.path.contains("[]"), !key.path.contains("*"),
                !parents.contains(key.path)
            else { return nil }
            let document = documents.first { $0.kind == parts[0] }
            let value = parts.dropFirst().reduce(document?.body) { $0?[$1] }
            return [
                "name": .string(key.path), "type": .string(key.type), "value": value ?? .null,
                "set": .bool(value != nil), "help": .string(key.help),
                "changedAt": value == nil ? .null : JSONValue(document?.updatedAt.ISO8601Format()),
            ]
        }
    }
}
