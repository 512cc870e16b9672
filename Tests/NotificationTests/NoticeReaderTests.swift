// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Ledger
import Records
import TestSupport
import Testing

@testable import Notification
@testable import Settings

/// Who finds out what is to be told, where several nodes may.
@Suite struct NoticeReaderTests {
    private let clock = TestClock()
    private let ledger: OrderLedger
    private let configuration: NotificationConfiguration?

    init() async throws {
        let database = try await TestDatabase(
            OrderLedger.migrations + DirectorySchema.migrations + NoticeTables.migrations)
        ledger = OrderLedger(database: database, clock: clock)
        configuration = try ConfigurationReader.read(
            "notifications: {from: c@example.org, smtp: {server: mail.example.org}, administrators: [a@example.org]}",
            file: "test"
        ).notifications
        // What lies back is told to nobody.
        try await happen("before")
        #expect(try await reader("planner").read())
        #expect(try await posted == 0)
    }

    private func reader(_ node: String, isAlone: Bool = false) -> NoticeReader {
        NoticeReader(ledger, configuration, by: node, isAlone: isAlone)
    }

    private func happen(_ name: String) async throws {
        let actor = AuditActor(named: "eve")
        try await ledger.audit.record(AuditEntry(.startIncident, AuditObject(.incident, name), by: actor))
    }

    private var posted: Int {
        get async throws { try await Notices(ledger.database).counts().values.reduce(0, +) }
    }

    /// The node that plans has gone, and what another one has done since is told.
    @Test func whoeverIsLastReads() async throws {
        let planning = try await ledger.lease(OrderLedger.planning, owner: "planner", for: .seconds(60))
        #expect(planning != nil)
        try await happen("one")
        #expect(try await reader("other").read())
        #expect(try await posted == 1)
        #expect(try await reader("planner").read())
        #expect(try await posted == 1)
    }

    @Test func oneReadsAtATime() async throws {
        let right = try #require(try await ledger.lease(NoticeReader.right, owner: "other", for: .seconds(60)))
        try await happen("one")
        #expect(try await !reader("planner").read())
        #expect(try await posted == 0)
        try await ledger.release(right)
        #expect(try await reader("planner").read())
        #expect(try await posted == 1)
    }

    /// A pass waits for the right of a node that has died, and not for ever for one that lives.
    @Test func aDeadReaderIsWaitedFor() async throws {
        _ = try await ledger.lease(NoticeReader.right, owner: "dead", for: OrderLedger.silence)
        try await happen("one")
        #expect(try await reader("planner").read(waiting: NoticeReader.turn))
        #expect(try await posted == 1)
        _ = try await ledger.lease(NoticeReader.right, owner: "slow", for: .seconds(600))
        try await happen("two")
        #expect(try await !reader("planner").read(waiting: NoticeReader.turn))
        #expect(try await reader("planner", isAlone: true).read())
        #expect(try await posted == 2)
    }
}
