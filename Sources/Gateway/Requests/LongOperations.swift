// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import HTTPServing
import JSONDocuments
public import Ledger
public import Records
import Store

/// The record of work that goes on behind answers of the API, so that whoever asks after a restart, or at another node, finds it.
public struct LongOperations: Sendable {
    /// Work of which nothing was heard for so long is not done any more by anybody.
    public static let silence: TimeInterval = 60
    /// How often whoever does it says so.
    public static let beat = Duration.seconds(15)
    /// How long what has ended is kept.
    static let validity: TimeInterval = 7 * 86_400

    private static let columns = """
        id, kind, actor, state, done_parts, all_parts, problem, result, created_at, updated_at, cancel_requested, owner_id
        """

    private let ledger: OrderLedger

    public init(_ ledger: OrderLedger) { self.ledger = ledger }

    /// Puts new work on record.
    ///
    /// - Parameters:
    ///   - kind: what it does, at most 60 characters.
    ///   - count: parts there are.
    public func begin(_ kind: String, by actor: String, _ owner: OwnerID?, of count: Int) async throws -> LongOperation
    {
        let now = ledger.clock.now()
        let id = UUID().uuidString.lowercased()
        try await ledger.database.write { connection in
            try connection.execute(
                "DELETE FROM long_operations WHERE updated_at < ?", [SQLValue(now - Self.validity)])
            try connection.execute(
                "INSERT INTO long_operations (\(Self.columns)) VALUES (?, ?, ?, 'running', 0, ?, NULL, NULL, ?, ?, 0, ?)",
                [
                    .text(id), .text(kind), .text(String(actor.prefix(320))), SQLValue(count), SQLValue(now),
                    SQLValue(now), SQLValue(owner?.text),
                ])
        }
        return LongOperation(
            id: id, kind: kind, actor: actor, owner: owner, state: .running, done: 0, of: count, problem: nil,
            result: nil,
            createdAt: now, updatedAt: now, isCancelRequested: false)
    }

    /// - Returns: nil for none. One whose process has died has failed.
    public func operation(_ id: String) async throws -> LongOperation? {
        let now = ledger.clock.now()
        return try await ledger.database.read { connection in
            try connection.query("SELECT \(Self.columns) FROM long_operations WHERE id = ?", [.text(id)]) { row in
                try Self.operation(row, at: now)
            }.first
        }
    }

    private static func operation(_ row: SQLRow, at now: Date) throws -> LongOperation {
        var state = LongOperation.State(rawValue: try row["state"]) ?? .failed
        let updatedAt: Date = try row["updated_at"]
        var problem: JSONValue? = try row["problem"]
        if state == .running, now.timeIntervalSince(updatedAt) > silence {
            state = .failed
            problem = [
                "type": .string(ProblemCode.interrupted.address), "title": "It was interrupted.", "status": 500,
                "detail": "the gateway was stopped before it was done; what was done until then stays done",
                "code": .string(ProblemCode.interrupted.rawValue), "actor": "caller",
                "nextStep": "Look what is done, and begin the rest anew.",
                "retryAfter": .null, "id": .string(try row["id"]), "errors": [],
            ]
        }
        return LongOperation(
            id: try row["id"], kind: try row["kind"], actor: try row["actor"],
            owner: try (row["owner_id"] as String?).map(OwnerID.init(text:)), state: state,
            done: try row["done_parts"], of: try row["all_parts"], problem: problem, result: try row["result"],
            createdAt: try row["created_at"], updatedAt: updatedAt, isCancelRequested: try row["cancel_requested"])
    }

    /// Notes how far it is, and that somebody is at it.
    ///
    /// - Returns: whether it shall go on.
    public func note(_ id: String, done: Int, of count: Int) async throws -> Bool {
        let now = ledger.clock.now()
        return try await ledger.database.write { connection in
            try connection.execute(
                "UPDATE long_operations SET done_parts = ?, all_parts = ?, updated_at = ? WHERE id = ?",
                [SQLValue(done), SQLValue(count), SQLValue(now), .text(id)])
            return try connection.value(
                "SELECT cancel_requested FROM long_operations WHERE id = ?", [.text(id)], as: Bool.self) == false
        }
    }

    public func end(_ id: String, _ state: LongOperation.State, problem: JSONValue?, result: JSONValue?) async throws {
        let now = ledger.clock.now()
        try await ledger.database.write { connection in
            try connection.execute(
                "UPDATE long_operations SET state = ?, problem = ?, result = ?, updated_at = ? WHERE id = ?",
                [.text(state.rawValue), SQLValue(problem), SQLValue(result), SQLValue(now), .text(id)])
        }
    }

    /// Asks whoever does it to end; what is done until then stays done.
    public func cancel(_ id: String) async throws {
        try await ledger.database.write { connection in
            try connection.execute("UPDATE long_operations SET cancel_requested = 1 WHERE id = ?", [.text(id)])
        }
    }
}
