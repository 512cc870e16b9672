// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import DeliveryProof
import Foundation
import JSONDocuments
import Ledger
import Store
import TestSupport
import Testing

/// Whose turn it is to be read, and what is wrong with how many.
@Suite struct ReadingStoreTests {
    private let database: any SQLDatabase
    private let store: ReadingStore
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    init() async throws {
        // Of the ledger's tables what is asked here.
        let ledger = Migration("delivery-proof-0-test") { sql in
            [
                "CREATE TABLE orders (id \(sql.integer) NOT NULL PRIMARY KEY, \(sql.column("stage", 20)) NOT NULL)",
                """
                CREATE TABLE certificates (id \(sql.integer) NOT NULL PRIMARY KEY, order_id \(sql.integer) NOT NULL, \
                \(sql.column("template", 100)) NOT NULL, \(sql.column("user_principal_name", 320)) NOT NULL, \
                \(sql.column("status", 20)) NOT NULL, created_at \(sql.integer) NOT NULL)
                """,
            ]
        }
        database = try await TestDatabase([ledger] + ReadingTables.migrations)
        store = ReadingStore(database: database)
    }

    private func add(
        _ id: Int64, _ stage: OrderStage = .active, template: String = "smime", _ status: CertificateStatus = .active,
        age: TimeInterval = 10
    ) async throws {
        try await database.write { connection in
            try connection.put(into: "orders", key: ["id": .integer(id)], values: ["stage": SQLValue(stage)])
            try connection.put(
                into: "certificates", key: ["id": .integer(id)],
                values: [
                    "order_id": .integer(id), "template": .text(template),
                    "user_principal_name": .text("user\(id)@sandbox.example"), "status": SQLValue(status),
                    "created_at": SQLValue(Self.now - age),
                ])
        }
    }

    private func read(_ id: Int64, _ fault: LastMileFault?, next: TimeInterval) async throws {
        try await database.write { connection in
            try connection.put(
                into: "delivery_readings", key: ["certificate_id": .integer(id)],
                values: [
                    "standing": .text(fault == nil ? "usable" : "faulty"), "fault": SQLValue(fault?.rawValue),
                    "read_at": SQLValue(Self.now), "next_at": SQLValue(Self.now + next), "reading": .text("{}"),
                ])
        }
    }

    @Test func unreadFirstThenWhatIsDue() async throws {
        try await add(1)
        try await add(2)
        try await add(3)
        try await add(4, .issued)
        try await add(5, .issued, age: 61)
        try await add(6, template: "other")
        try await add(7, .superseded, .superseded)
        try await add(8, .superseded, .superseded)
        try await read(2, nil, next: -1)
        try await read(3, nil, next: 1)
        try await read(8, nil, next: -1)
        // A certificate that is about to be delivered is not asked for, one that hangs is.
        #expect(try await store.due(of: ["smime"], at: Self.now, limit: 10) == [1, 5, 2])
        #expect(try await store.due(of: ["smime", "other"], at: Self.now, limit: 3) == [1, 5, 6])
        #expect(try await store.due(of: [], at: Self.now, limit: 3).isEmpty)
        try await store.passOver(1, at: Self.now)
        #expect(try await store.due(of: ["smime"], at: Self.now + 86400 * 365, limit: 10) == [4, 5, 2, 3])
        #expect(try await store.reading(1) == nil)
    }

    /// It is looked at again, and not before the others.
    @Test func whatCannotBeReadLetsTheOthersHaveTheirTurn() async throws {
        try await add(1)
        try await add(2)
        try await store.keepUnreadable(1, because: "the order cannot be read", at: Self.now)
        #expect(try await store.due(of: ["smime"], at: Self.now, limit: 1) == [2])
        #expect(try await store.reading(1)?["unknown"]?[0]?["reason"] == "the order cannot be read")
        #expect(try await store.due(of: ["smime"], at: Self.now + 5 * 3600, limit: 3) == [2, 1])
        #expect(try await store.faults().isEmpty)
    }

    @Test func faultsAreCountedOfWhatIsInForce() async throws {
        for id in 1...6 { try await add(Int64(id)) }
        try await add(7, .superseded, .superseded)
        for id in [3, 2] { try await read(Int64(id), .noLicence, next: 0) }
        try await read(4, .deviceError, next: 0)
        try await read(5, .throttled, next: 0)
        try await read(6, nil, next: 0)
        try await read(7, .noLicence, next: 0)
        let found = try await store.faults().map { "\($0.fault) \($0.count) \($0.example)" }
        #expect(found == ["deviceError 1 4", "noLicence 2 2"])
    }
}
