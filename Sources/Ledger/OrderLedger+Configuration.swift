// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
public import Records
public import Store

/// Configuration documents and single values that all nodes share.
extension OrderLedger {
    static let revisions = IdentifierSequence("documents")

    /// Documents of one kind by name; nil for all kinds.
    public func documents(_ kind: String? = nil) async throws -> [Document] {
        var conditions = SQLConditions()
        conditions.add("kind = ?", kind)
        let (clause, parameters) = (conditions.clause, conditions.parameters)
        return try await database.read { connection in
            try connection.query(
                "SELECT kind, name, revision, body, updated_at FROM documents \(clause) ORDER BY kind, name", parameters
            ) { row in
                Document(
                    kind: try row["kind"], name: try row["name"], revision: try row["revision"],
                    body: try row["body"], updatedAt: try row["updated_at"])
            }
        }
    }

    /// Applies all changes or none. A document that stays the same keeps its revision.
    ///
    /// - Parameters:
    ///   - actor: who changes it, for the audit trail.
    ///   - seen: the revision of the configuration that the changes were made for; nil for any.
    /// - Returns: the revision of the configuration; it grows when something has changed.
    /// - Throws: `OtherRevision` where it has changed since; `LedgerError.notPossible` where something else is stored than was expected;
    ///   `StoreError`.
    @discardableResult
    public func apply(
        _ changes: [DocumentChange], by actor: AuditActor = .service, at seen: Int64? = nil
    ) async throws -> Int64 {
        let now = now()
        return try await database.write { connection in
            var revision: Int64?
            func nextRevision() throws -> Int64 {
                let next = try revision ?? Self.revisions.take(on: connection)
                revision = next
                return next
            }
            // One after the other: what is compared below stays as it is until the end.
            try Self.revisions.lock(on: connection)
            if let seen, case let present = try Self.revisions.last(on: connection), present != seen {
                throw OtherRevision(present: present)
            }
            for change in changes {
                let (kind, name) = change.place
                let known: JSONValue? = try connection.value(
                    "SELECT body FROM documents WHERE kind = ? AND name = ?", [.text(kind), .text(name)])
                if known != change.body {
                    try AuditTrail.record(
                        AuditEntry(
                            .applyConfiguration, AuditObject(.configuration, change.id), by: actor, before: known,
                            after: change.body), on: connection)
                }
                switch change {
                case .put(let kind, let name, let body):
                    guard known != body else { continue }
                    try connection.put(
                        into: "documents", key: ["kind": .text(kind), "name": .text(name)],
                        values: [
                            "revision": .integer(try nextRevision()), "body": SQLValue(body),
                            "updated_at": SQLValue(now),
                        ])
                case .delete(let kind, let name):
                    let deleted = try connection.execute(
                        "DELETE FROM documents WHERE kind = ? AND name = ?", [.text(kind), .text(name)])
                    if deleted > 0 { _ = try nextRevision() }
                case .expect(let kind, let name, let body):
                    let known: JSONValue? = try connection.value(
                        "SELECT body FROM documents WHERE kind = ? AND name = ?", [.text(kind), .text(name)])
                    guard known == body else {
                        throw LedgerError.notPossible(
                            "the configuration was changed by somebody else just now: look again")
                    }
                }
            }
            return try revision ?? Self.revisions.last(on: connection)
        }
    }

    /// Whether the configuration has changed since somebody last looked; one look-up.
    public func configurationRevision() async throws -> Int64 {
        try await database.read { try Self.revisions.last(on: $0) }
    }

    /// A single value that all nodes share, such as a cursor; name at most 190 characters.
    public func state(_ name: String) async throws -> JSONValue? {
        try await database.read { try Self.state(name, on: $0) }
    }

    /// nil removes it.
    public func setState(_ name: String, _ value: JSONValue?) async throws {
        try await database.write { try Self.setState(name, value, on: $0) }
    }

    /// For rooms that read a value together with their own tables.
    ///
    /// - Parameter lock: `dialect.rowLock` for a value that is about to be changed.
    public static func state(
        _ name: String, on connection: any SQLConnection, lock: SQLRowLock = .none
    ) throws -> JSONValue? {
        try connection.value(
            "SELECT content FROM gateway_state\(lock.hint) WHERE name = ?\(lock.clause)", [.text(name)])
    }

    /// For rooms that write a value in the same transaction as their own tables.
    public static func setState(_ name: String, _ value: JSONValue?, on connection: any SQLConnection) throws {
        if let value {
            try connection.put(
                into: "gateway_state", key: ["name": .text(name)], values: ["content": SQLValue(value)])
        } else {
            try connection.execute("DELETE FROM gateway_state WHERE name = ?", [.text(name)])
        }
    }
}
