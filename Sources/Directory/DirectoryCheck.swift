// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph

/// Tells an operator what the gateway may see of the tenant: token, groups, permissions.
public struct DirectoryCheck: Sendable {
    /// One question and its answer.
    public struct Finding: Sendable {
        public var subject: String
        /// What it needs, by name.
        public var permissions: [String] = []
        /// nil when all is well, else what is wrong and what to do.
        public var problem: GraphError?
    }

    private let source: DirectorySource

    public init(graph: GraphClient, selection: DirectorySelection = DirectorySelection()) {
        source = DirectorySource(graph: graph, selection: selection)
    }

    /// Asks about three things of the tenant and four of each group, one small request each; reads only. Later questions are left out where an
    /// earlier one failed.
    ///
    /// - Parameter groups: object ids of the enrollment groups.
    /// - Throws: `CancellationError` only.
    public func run(groups: [String]) async throws -> [Finding] {
        var findings = [try await finding("token for Microsoft Graph") { try await source.graph.checkToken() }]
        guard findings[0].problem == nil else { return findings }
        for collection in ClaimantCollection.allCases {
            findings.append(
                try await finding("changes of \(collection.rawValue)", collection.permission) {
                    _ = try await source.changesFromNow(of: collection)
                })
        }
        for group in groups {
            let id = group.lowercased()
            findings.append(try await finding("group \(id)", .readMembers) { _ = try await source.groupName(id) })
            guard findings.last?.problem == nil else { continue }
            findings.append(
                try await finding("members of \(id)", .readMembers, .readUsers) {
                    for try await page in source.people(in: id) {
                        for item in page.items { _ = try DirectoryRecord(item, selection: source.selection) }
                        if !page.items.isEmpty { break }
                    }
                })
            findings.append(
                try await finding("changes of \(id)", .readMembers) {
                    _ = try await source.memberChangesFromNow(of: [id])
                })
        }
        return findings
    }

    /// - Parameter permissions: what the question needs; a refusal names the ones that are missing.
    private func finding(
        _ subject: String, _ permissions: GraphPermission..., ask: () async throws -> Void
    ) async throws -> Finding {
        var finding = Finding(subject: subject, permissions: permissions.map(\.name))
        do {
            try await ask()
        } catch let error as GraphError {
            finding.problem = error
            if error.kind == .permission {
                let missing = try? await source.graph.missing(permissions)
                finding.problem = error.naming(permissions, missing: missing ?? nil)
            }
        }
        return finding
    }
}
