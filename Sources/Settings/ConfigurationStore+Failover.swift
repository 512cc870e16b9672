// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Ledger

extension ConfigurationStore {
    /// Kind of the documents that say which template orders at its second CA, and since when.
    static let failoverKind = "failovers"

    /// Templates that order at their second CA, with the CA that took no orders.
    func failovers() async throws -> [String: String] {
        let documents = try await ledger?.documents(Self.failoverKind) ?? []
        return Dictionary(
            documents.map { ($0.name, $0.body["backendCA"]?.string ?? "") }, uniquingKeysWith: { first, _ in first })
    }

    /// Lets the new orders of a template go to its second CA, or back; whoever works takes it up as any other change of configuration.
    ///
    /// - Parameter backendCA: the CA that takes no orders; nil to go back to it.
    public func failOver(_ template: String, from backendCA: String?) async throws {
        try await ledger?.apply([
            backendCA.map { .put(kind: Self.failoverKind, name: template, body: ["backendCA": .string($0)]) }
                ?? .delete(kind: Self.failoverKind, name: template)
        ])
    }
}
