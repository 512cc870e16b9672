// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Ledger
import Store

/// What has changed in the database since somebody looked, by its ids alone: what there is now, everybody reads with their own right.
public struct ChangeFeed: Sendable {
    /// Events and work that are told one by one; where more has happened, everything has changed.
    static let limit = 500
    /// A change of work may be committed a moment after the time that it bears, and clocks of nodes differ.
    static let overlap: TimeInterval = 3

    /// How far somebody has read: the last event of an order, and a time for what has no numbers.
    public struct Position: Sendable, Hashable {
        public let event: Int64
        public let date: Date

        public init(event: Int64, date: Date) { (self.event, self.date) = (event, date) }
    }

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
        public internal(set) var end: Position

        /// Whoever was away does not know which of them have changed.
        public mutating func noteOthers() { others = true }

        public var isEmpty: Bool { orders.isEmpty && operations.isEmpty && !others && !isTooMuch }
    }

    private let ledger: OrderLedger
    private var numbers: Numbers?
    /// Work that was told of the time that the next look sees again.
    private var told: [String: Int64] = [:]

    public init(_ ledger: OrderLedger) { self.ledger = ledger }

    /// The present end of the feed.
    ///
    /// - Throws: `StoreError`.
    public func now() async throws -> Position {
        Position(event: try await ledger.lastEventNumber(), date: ledger.clock.now())
    }

    /// What has changed since `position`. Costs two index ranges and five look-ups.
    ///
    /// - Throws: `StoreError`.
    public mutating func changes(since position: Position) async throws -> Changes {
        let now = ledger.clock.now()
        let orders = try await ledger.ordersChanged(after: position.event, limit: Self.limit)
        let start = position.date - Self.overlap
        let operations = try await ledger.database.read { connection in
            try connection.query(
                """
                SELECT id, updated_at FROM long_operations WHERE updated_at >= ? ORDER BY updated_at \
                \(connection.dialect.page(Self.limit + 1, 0))
                """, [SQLValue(start)]
            ) { (id: try $0[0] as String, at: try $0[1] as Int64) }
        }
        let present = Numbers(
            audit: try await ledger.audit.lastNumber(), standing: try await ledger.lastStandingChange(),
            configuration: try await ledger.configurationRevision(),
            runs: try await JobBook(ledger).runs(of: [.directory, .plan]).values.flatMap {
                [$0.startedAt, $0.endedAt].compactMap(\.self)
            }.sorted())
        var changes = Changes(end: Position(event: orders.last, date: now))
        changes.others = numbers.map { $0 != present } ?? false
        numbers = present
        guard !orders.isCutOff, operations.count <= Self.limit else {
            changes.isTooMuch = true
            changes.end = try await self.now()
            told = [:]
            return changes
        }
        changes.orders = orders.references
        changes.operations = operations.filter { told[$0.id] != $0.at }.map(\.id)
        told = Dictionary(operations.map { ($0.id, $0.at) }, uniquingKeysWith: { $1 })
        return changes
    }
}
