// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Ledger
import Store

/// What has changed in the database since somebody looked, by its ids alone: what there is now, everybody reads with their own right.
public struct ChangeFeed: Sendable {
    /// Orders and work that are told one by one; where more have changed, everything has.
    static let limit = 500
    /// A change may be committed a moment after the time that it bears, and clocks of nodes differ.
    static let overlap: TimeInterval = 3

    /// A state of the numbers that grow with each change, and of the runs.
    struct Numbers: Sendable, Hashable {
        var audit: Int64 = 0
        var standing: Int64 = 0
        var configuration: Int64 = 0
        /// Beginnings and ends of the runs that the overview shows.
        var runs: [Date] = []
    }

    public struct Changes: Sendable {
        /// References.
        public internal(set) var orders: [String] = []
        /// Ids of long operations.
        public internal(set) var operations: [String] = []
        /// Whether decisions, configuration or jobs have changed.
        public internal(set) var others = false
        /// Whether too much has changed to name it.
        public internal(set) var isTooMuch = false
        /// Where the next look begins.
        public internal(set) var end: Date

        /// Whoever was away does not know which of them have changed.
        public mutating func noteOthers() { others = true }

        public var isEmpty: Bool { orders.isEmpty && operations.isEmpty && !others && !isTooMuch }
    }

    private let ledger: OrderLedger
    private var numbers: Numbers?
    /// What was told of the time that the next look sees again.
    private var told: [String: Int64] = [:]

    public init(_ ledger: OrderLedger) { self.ledger = ledger }

    /// The present time of the feed.
    public var now: Date { ledger.clock.now() }

    /// What has changed since `date`. Costs two index ranges and five look-ups.
    ///
    /// - Throws: `StoreError`.
    public mutating func changes(since date: Date) async throws -> Changes {
        let end = now
        let start = date - Self.overlap
        let (orders, operations) = try await ledger.database.read { connection in
            func changed(_ sql: String) throws -> [(id: String, at: Int64)] {
                try connection.query(
                    "\(sql) WHERE updated_at >= ? ORDER BY updated_at \(connection.dialect.page(Self.limit + 1, 0))",
                    [SQLValue(start)]
                ) { (id: try $0[0], at: try $0[1]) }
            }
            return (
                try changed("SELECT reference, updated_at FROM orders"),
                try changed("SELECT id, updated_at FROM long_operations")
            )
        }
        let present = Numbers(
            audit: try await ledger.audit.lastNumber(), standing: try await ledger.lastStandingChange(),
            configuration: try await ledger.configurationRevision(),
            runs: try await JobBook(ledger).runs(of: [.directory, .plan]).values.flatMap {
                [$0.startedAt, $0.endedAt].compactMap(\.self)
            }.sorted())
        var changes = Changes(end: end)
        changes.others = numbers.map { $0 != present } ?? false
        numbers = present
        guard orders.count <= Self.limit, operations.count <= Self.limit else {
            changes.isTooMuch = true
            told = [:]
            return changes
        }
        changes.orders = orders.filter { told[$0.id] != $0.at }.map(\.id)
        changes.operations = operations.filter { told[$0.id] != $0.at }.map(\.id)
        told = Dictionary((orders + operations).map { ($0.id, $0.at) }, uniquingKeysWith: { $1 })
        return changes
    }
}
