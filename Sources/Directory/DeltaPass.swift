// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MicrosoftGraph
import Store

/// Asks for what changed since the last pass and applies it. An unchanged tenant costs one request for the users and
/// one per fifty groups, whatever its size.
struct DeltaPass {
    let source: DirectorySource
    let database: any SQLDatabase
    let root: String
    let isNested: Bool
    /// When groups that are listed for the first time are listed once more.
    let confirmation: Date

    /// - Throws: `GraphError` of kind `restart` when a delta link is no longer valid; then a full pass is due.
    func run() async throws -> SynchronizationReport {
        // Groups before users: somebody new is then fetched as a member first, and a later change is not missed.
        var groups = GroupChanges(
            source: source, database: database, root: root, isNested: isNested, confirmation: confirmation)
        try await groups.apply()
        var users = UserChanges(source: source, database: database, root: root)
        try await users.apply()

        var report = SynchronizationReport(mode: .delta)
        report.pages = groups.pages + users.pages
        report.joined = groups.counts.joined + users.counts.joined
        report.left = groups.counts.left + users.counts.left
        report.changed = groups.counts.changed + users.counts.changed
        let root = root
        (report.groupName, report.total, report.groups) = try await database.read { connection in
            let row = try connection.query(
                "SELECT name, member_count FROM directory_roots WHERE root_group = ?", [SQLValue(root)]
            ) { row in (name: try row[0] as String, count: try row[1] as Int) }.first
            return (row?.name, row?.count ?? 0, try GroupTree(of: root, on: connection).reachable.count)
        }
        return report
    }
}
