// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import TestSupport
import Testing

/// What the tests' databases complain of: a table that is gone through for each row of another.
@Suite(.onlySQLite("its way of explaining a statement")) struct QueryPlanTests {
    private static let tables = Migration("plans") { _ in
        [
            """
            CREATE TABLE things (id INTEGER NOT NULL PRIMARY KEY, subscriber_id TEXT NOT NULL, template TEXT NOT NULL, \
            status TEXT NOT NULL, not_after INTEGER NOT NULL)
            """,
            "CREATE INDEX things_end ON things (template, status, not_after)",
            "CREATE INDEX things_subscriber ON things (subscriber_id)",
            "CREATE TABLE notes (thing_id INTEGER NOT NULL, note TEXT NOT NULL)",
        ]
    }
    private let database: TestDatabase

    init() async throws { database = try await TestDatabase([Self.tables]) }

    private func complaints(_ sql: String) async throws -> [String] {
        try await database.read { try QueryPlan(of: sql, [], on: $0).complaints }
    }

    @Test(arguments: [
        """
        SELECT t.id FROM things t WHERE NOT EXISTS (SELECT 1 FROM things u WHERE u.subscriber_id = t.subscriber_id \
        AND u.template = 'a' AND u.status = 'active' AND u.not_after > 5)
        """,
        "SELECT t.id FROM things t WHERE EXISTS (SELECT 1 FROM notes n WHERE n.thing_id = t.id)",
        "SELECT t.id FROM things t LEFT JOIN things u ON u.template = t.template AND u.status = 'active'",
        "UPDATE things SET status = 'x' WHERE EXISTS (SELECT 1 FROM notes n WHERE n.thing_id = things.id)",
        "SELECT n.note FROM notes n WHERE (SELECT COUNT(*) FROM things t WHERE t.status = n.note OR t.id = n.thing_id) > 1",
    ]) func whatGrowsWithTheSquareIsNoticed(_ sql: String) async throws {
        #expect(try await complaints(sql).count == 1)
    }

    @Test(arguments: [
        "SELECT id FROM things", "SELECT id FROM things WHERE template = 'a' AND status = 'active'",
        "SELECT t.id FROM things t WHERE EXISTS (SELECT 1 FROM things u WHERE u.subscriber_id = t.subscriber_id)",
        "SELECT n.note FROM notes n JOIN things t ON t.id = n.thing_id",
        "SELECT id FROM things WHERE id IN (SELECT thing_id FROM notes)",
        "SELECT id FROM things WHERE subscriber_id = 'a' OR id = 5", "DELETE FROM notes WHERE thing_id = 5",
        "SELECT id FROM things UNION SELECT thing_id FROM notes",
    ]) func theRestIsNot(_ sql: String) async throws { #expect(try await complaints(sql).isEmpty) }
}
