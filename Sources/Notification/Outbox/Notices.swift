// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import JSONDocuments
import Ledger
public import Store

/// Looking at the outbox, and what a person does there.
public struct Notices: Sendable {
    private static let list = SQLList(
        "notices", keys: [("posted", ["posted_at", "id"]), ("changed", ["changed_at", "id"])], identity: ["id"],
        standard: ListSort("posted", isDescending: true))

    /// How notices are listed.
    public static let sorting = list.sorting

    let database: any SQLDatabase

    public init(_ database: any SQLDatabase) { self.database = database }

    /// - Parameters:
    ///   - states: nil for all.
    ///   - event: nil for all.
    ///   - recipient: nil for all.
    /// - Throws: `ListError`, `StoreError`.
    public func list(
        states: Set<NoticeState>? = nil, event: NoticeEvent? = nil, recipient: NoticeRecipient? = nil,
        _ request: ListRequest = ListRequest()
    ) async throws -> ListPage<Notice> {
        var conditions = SQLConditions()
        conditions.add("state", anyOf: states.map { Set($0.map(\.rawValue)) })
        conditions.add("event = ?", event?.rawValue)
        conditions.add("recipient = ?", recipient?.key)
        return try await database.read { [conditions] connection in
            try Self.list.page(request, conditions, on: connection) { try $0.map(NoticeTable.notice) }
        }
    }

    /// The notice of an id, or of its beginning where it is the only one; nil for none.
    public func notice(_ id: String) async throws -> Notice? {
        try await database.read { connection in
            let found = try NoticeTable(connection: connection).all(
                "WHERE id >= ? AND id < ?", [.text(id.lowercased()), .text(id.lowercased() + "~")])
            return found.count == 1 ? found[0] : nil
        }
    }

    /// The notices of some events about some things, oldest first.
    ///
    /// - Parameter things: as `Notice.about` has them; a few.
    public func notices(_ events: [NoticeEvent], about things: [String]) async throws -> [Notice] {
        try await database.read { connection in
            try Self.notices(events, about: things, on: connection)
        }
    }

    /// The same, inside a transaction.
    public static func notices(
        _ events: [NoticeEvent], about things: [String], on connection: any SQLConnection
    ) throws -> [Notice] {
        guard !events.isEmpty else { return [] }
        let names = SQLValueList(events.map(\.rawValue))
        return try SQLValueList.lists(things).flatMap { list in
            try NoticeTable(connection: connection).all(
                "WHERE event IN (\(names.places)) AND about IN (\(list.places)) ORDER BY posted_at, id",
                names.parameters + list.parameters)
        }
    }

    /// Gives up what has not begun to leave, and erases what it carries.
    ///
    /// - Parameter reason: one sentence, for whoever looks at it later.
    /// - Returns: how many were given up; one that a node is sending is not among them.
    public static func withdraw(
        _ notices: [Notice], because reason: String, at now: Date, on connection: any SQLConnection
    ) throws -> Int {
        let table = NoticeTable(connection: connection)
        return try notices.filter { $0.state == .waiting }.count { notice in
            try table.finish(
                notice.id, fence: notice.fence, .dropped, due: nil, address: notice.address, reason, at: now)
        }
    }

    /// How many there are in each state; states without any are left out. One look at an index.
    public func counts() async throws -> [NoticeState: Int] {
        try await database.read { connection in
            Dictionary(
                uniqueKeysWithValues: try connection.query(
                    "SELECT state, COUNT(*) FROM notices GROUP BY state"
                ) { (try $0[0] as NoticeState, try $0[1] as Int) })
        }
    }

    /// What was tried more than once and has not left, or may not have, since a time: the newest, and how many.
    ///
    /// - Parameter tried: what was tried once and has not left since then counts, too; nil for none of it.
    public func failing(since date: Date, orTriedSince tried: Date? = nil) async throws -> (
        count: Int, example: Notice
    )? {
        // What was refused for good is given up with the first attempt.
        let condition =
            "(state = ? AND (attempts > 1 OR attempts = 1 AND changed_at >= ?) OR state IN (?, ?)) AND changed_at > ?"
        let values = [
            SQLValue(NoticeState.waiting), SQLValue(tried ?? .distantFuture), SQLValue(NoticeState.failed),
            SQLValue(NoticeState.unknown), SQLValue(date),
        ]
        return try await database.read { connection in
            let count =
                try connection.value("SELECT COUNT(*) FROM notices WHERE \(condition)", values, as: Int.self) ?? 0
            guard count > 0 else { return nil }
            let page = connection.dialect.page(1, 0)
            return try NoticeTable(connection: connection).all(
                "WHERE \(condition) ORDER BY changed_at DESC, id \(page)", values
            ).first.map { (count, $0) }
        }
    }

    /// Whether something is to be done now; one look at an index.
    public func isDue(at now: Date) async throws -> Bool {
        try await database.read { connection in
            try connection.value(
                "SELECT id FROM notices WHERE due_at <= ? ORDER BY due_at \(connection.dialect.page(1, 0))",
                [SQLValue(now)], as: String.self) != nil
        }
    }

    /// What stands with a notice that a person wants to be sent, however old it is.
    static let sentAgain = "a person has it sent again"

    /// Sends again what was given up, or of which nobody knows whether it was sent.
    ///
    /// - Throws: `LedgerError.notPossible` for one in another state.
    public func sendAgain(_ notice: Notice, at now: Date) async throws {
        try notice.requireSendable()
        let done = try await database.write { connection in
            try NoticeTable(connection: connection).finish(
                notice.id, fence: notice.fence, .waiting, due: now, address: notice.address,
                Self.sentAgain, at: now)
        }
        guard done else { throw LedgerError.notPossible("notice \(notice.id) was changed meanwhile: look again") }
    }

    /// How many were posted for whomever they are for since a time, by event; those that were handed on to one each count once.
    public func counts(since date: Date) async throws -> [NoticeEvent: Int] {
        try await database.read { connection in
            Dictionary(
                uniqueKeysWithValues: try connection.query(
                    "SELECT event, COUNT(*) FROM notices WHERE posted_at >= ? AND recipient LIKE 'configured:%' GROUP BY event",
                    [SQLValue(date)]
                ) { (try $0[0] as NoticeEvent, try $0[1] as Int) })
        }
    }

    /// Gives up everything that is to be sent, for nobody is to be told. Asked every few seconds, so it writes only where something
    /// waits.
    public func drop(_ reason: String, at now: Date) async throws {
        guard try await isDue(at: .distantFuture) else { return }
        try await database.write { try Self.drop(reason, at: now, on: $0) }
    }

    /// The same, inside a transaction.
    static func drop(_ reason: String, at now: Date, on connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE notices SET state = ?, due_at = NULL, sealed = NULL, detail = ?, changed_at = ?, fence = fence + 1 \
            WHERE due_at IS NOT NULL
            """, [SQLValue(NoticeState.dropped), .text(reason), SQLValue(now)])
    }
}
