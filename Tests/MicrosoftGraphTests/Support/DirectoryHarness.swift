// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Foundation
import Ledger
import MicrosoftGraph
import Store
import TestSupport

/// A fake tenant, an empty database and what connects them.
final class DirectoryHarness: Sendable {
    let tenant: FakeTenant
    let graph: GraphHarness
    let database: TestDatabase
    let mirror: DirectoryMirror
    let synchronizer: DirectorySynchronizer

    init(selection: DirectorySelection = DirectorySelection()) async throws {
        let tenant = FakeTenant()
        self.tenant = tenant
        graph = try GraphHarness { request, _ in tenant.answer(request) }
        database = try await TestDatabase(OrderLedger.migrations + DirectorySchema.migrations)
        mirror = DirectoryMirror(database: database)
        synchronizer = DirectorySynchronizer(
            graph: graph.client, database: database, selection: selection, clock: graph.clock)
    }

    /// Ids of the present members.
    func present(_ root: String = "root") async throws -> Set<String> {
        var ids: Set<String> = []
        for try await member in mirror.changes(of: root, pageSize: 7) where member.isPresent {
            ids.insert(member.person.id)
        }
        return ids
    }

    /// The position after everything.
    func end(_ root: String = "root") async throws -> MemberPosition {
        var end = MemberPosition.start
        for try await member in mirror.changes(of: root) { end = max(end, member.position) }
        return end
    }

    /// What changed after a position, as `+id`, `-id` (left) or `x id` (deleted).
    func changes(after position: MemberPosition, _ root: String = "root") async throws -> Set<String> {
        var result: Set<String> = []
        for try await member in mirror.changes(of: root, after: position) {
            result.insert((member.isPresent ? "+" : member.isDeleted ? "x" : "-") + member.person.id)
        }
        return result
    }
}
