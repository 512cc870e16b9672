// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Gateway
public import Ledger
import Settings
import YAMLDocuments

/// The names that a filter can mean: those of the configuration, and those that only the ledger still has.
public struct KnownNames: Sendable {
    private let store: GatewayStore

    public init(_ store: GatewayStore) { self.store = store }

    /// Those that a selection has; nil for none.
    ///
    /// - Throws: as `require(_:_:)`.
    public func require(template: String?, backendCA: String?) async throws {
        if let template { try await require(template, .template) }
        if let backendCA { try await require(backendCA, .backendCA) }
    }

    /// An empty list would say that there is nothing, where the name was mistyped.
    ///
    /// - Throws: `SettingsError` at the command line, with the nearest name, for one that neither has; `StoreError`.
    public func require(_ name: String, _ kind: OrderLedger.NameKind) async throws {
        // A configuration that cannot be read is no reason against a look at the ledger.
        let configuration = try? await store.configuration()
        let configured: [String] =
            switch kind {
            case .template: configuration?.templates.map(\.name) ?? []
            case .backendCA: configuration?.backendCAs.map(\.name) ?? []
            }
        guard !configured.contains(name) else { return }
        let known = configured + (try await store.ledger.names(kind).filter { !configured.contains($0) })
        guard !known.contains(name) else { return }
        throw SettingsError.unknown(kind == .template ? "template" : "backend CA", name, known)
    }
}
