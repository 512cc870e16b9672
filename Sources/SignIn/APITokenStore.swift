// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Foundation
import JSONDocuments
import Records
public import Settings
public import Store

/// Tokens of our own, in the database that all nodes share; stored as SHA-256, with a record in the audit trail for each change.
public struct APITokenStore: Sendable {
    /// How often the last use is written.
    static let glance: TimeInterval = 300

    private let database: any SQLDatabase
    private let clock: any ConnectorClock

    public init(database: any SQLDatabase, clock: any ConnectorClock) {
        (self.database, self.clock) = (database, clock)
    }

    /// Makes a token. One that is made by another token ends with that one, and is revoked with it: whoever revokes what has leaked revokes
    /// what was made of it.
    ///
    /// - Parameter creatorID: object id of the maker; nil for a token and for the gateway's machine.
    /// - Returns: the secret, which is told here once and never again; nil where a valid token has the name, in whatever case.
    public func make(
        name: String, role: Role, kind: APIToken.Kind = .named, validFor lifetime: TimeInterval, by actor: String,
        creatorID: String? = nil
    ) async throws -> (secret: SecretText, token: APIToken)? {
        let now = clock.now().roundedToMilliseconds
        let secret = SecretText.token()
        return try await database.write { connection in
            let valid = try Self.tokens(
                "revoked_at IS NULL AND ends_at > ? ORDER BY id DESC", [SQLValue(now)], on: connection)
            guard kind == .bootstrap || !valid.contains(where: { $0.isCalled(name) }) else { return nil }
            let parent = valid.first { $0.actor == actor }
            let end = min(now.addingTimeInterval(lifetime).roundedToMilliseconds, parent?.endsAt ?? .distantFuture)
            let token = APIToken(
                id: try SignInTables.tokenIDs.take(on: connection), name: name, role: role, kind: kind, createdAt: now,
                createdBy: connection.dialect.cut(actor, to: 320),
                creatorID: creatorID?.lowercased() ?? parent?.creatorID,
                parentID: parent?.id, endsAt: end, usedAt: nil, revokedAt: nil,
                revokedBy: nil)
            try connection.insert(
                into: "api_tokens",
                [
                    "id", "hash", "name", "role", "kind", "created_at", "created_by", "creator_id", "parent_id",
                    "ends_at",
                ],
                rows: [
                    [
                        .integer(token.id), .text(secret.hash), .text(name), .text(role.rawValue), .text(kind.rawValue),
                        SQLValue(now), .text(token.createdBy), SQLValue(token.creatorID), SQLValue(token.parentID),
                        SQLValue(token.endsAt),
                    ]
                ])
            try AuditTrail.record(
                AuditEntry(
                    .createToken, AuditObject(.token, name), by: AuditActor(named: actor),
                    after: [
                        "id": .string(String(token.id)), "role": .string(role.rawValue),
                        "kind": .string(kind.rawValue), "expiresAt": .string(token.endsAt.ISO8601Format()),
                    ]), on: connection)
            return (secret, token)
        }
    }

    /// All of them, the newest first.
    public func all() async throws -> [APIToken] {
        try await database.read { try Self.tokens("1 = 1 ORDER BY id DESC", [], on: $0) }
    }

    /// The token of a secret; nil where there is none or it counts no more.
    public func valid(_ secret: SecretText) async throws -> APIToken? {
        let now = clock.now()
        let found = try await database.read { try Self.token("hash = ?", [.text(secret.hash)], on: $0) }
        guard let found, found.state(at: now) == .valid else { return nil }
        if found.usedAt.map({ now.timeIntervalSince($0) >= Self.glance }) ?? true {
            try await database.write { connection in
                try connection.execute(
                    "UPDATE api_tokens SET used_at = ? WHERE id = ?",
                    [SQLValue(now.roundedToMilliseconds), .integer(found.id)])
            }
        }
        return found
    }

    /// Ends a token, every token that was made by it, and every session that began with one of them.
    ///
    /// - Returns: as it is then; nil where there is none of that id. One that is revoked stays as it was.
    public func revoke(_ id: Int64, by actor: String) async throws -> APIToken? {
        let now = clock.now().roundedToMilliseconds
        return try await database.write { connection in
            var (rest, seen): ([Int64], Set<Int64>) = ([id], [id])
            while let next = rest.popLast() {
                try Self.end(next, by: actor, at: now, on: connection)
                rest += try Self.tokens("parent_id = ?", [.integer(next)], on: connection).map(\.id).filter {
                    seen.insert($0).inserted
                }
            }
            return try Self.token("id = ?", [.integer(id)], on: connection)
        }
    }

    private static func end(_ id: Int64, by actor: String, at now: Date, on connection: any SQLConnection) throws {
        let changed = try connection.execute(
            "UPDATE api_tokens SET revoked_at = ?, revoked_by = ? WHERE id = ? AND revoked_at IS NULL",
            [SQLValue(now), .text(connection.dialect.cut(actor, to: 320)), .integer(id)])
        try connection.execute("DELETE FROM console_sessions WHERE token_id = ?", [.integer(id)])
        guard changed == 1, let token = try token("id = ?", [.integer(id)], on: connection) else { return }
        try AuditTrail.record(
            AuditEntry(
                .revokeToken, AuditObject(.token, token.name), by: AuditActor(named: actor),
                before: ["revoked": false, "id": .string(String(id))],
                after: ["revoked": true, "id": .string(String(id))]), on: connection)
    }

    /// Ends every token and every session, of tokens and of people.
    public func revokeAll(by actor: String) async throws {
        let now = clock.now()
        for token in try await all() where token.state(at: now) == .valid { _ = try await revoke(token.id, by: actor) }
        try await database.write { _ = try $0.execute("DELETE FROM console_sessions", []) }
    }

    /// Takes a bootstrap token for the one session that it is good for.
    ///
    /// - Returns: false where somebody was faster.
    public func spend(_ token: APIToken) async throws -> Bool {
        guard token.kind == .bootstrap else { return true }
        let now = clock.now().roundedToMilliseconds
        return try await database.write { connection in
            try connection.execute(
                "UPDATE api_tokens SET hash = ?, used_at = ? WHERE id = ? AND hash <> ?",
                [
                    .text("spent \(token.id)"), SQLValue(now), .integer(token.id), .text("spent \(token.id)"),
                ]) == 1
        }
    }

    static func token(
        _ condition: String, _ parameters: [SQLValue], on connection: any SQLConnection
    ) throws -> APIToken? { try tokens(condition, parameters, on: connection).first }

    private static func tokens(
        _ condition: String, _ parameters: [SQLValue], on connection: any SQLConnection
    ) throws -> [APIToken] {
        try connection.query(
            """
            SELECT id, name, role, kind, created_at, created_by, ends_at, used_at, revoked_at, revoked_by, creator_id, parent_id
            FROM api_tokens WHERE \(condition)
            """, parameters
        ) { row in
            guard let role = Role(rawValue: try row[2]), let kind = APIToken.Kind(rawValue: try row[3]) else {
                throw StoreError(.corrupt, "table api_tokens names a role or kind that this version does not know")
            }
            return APIToken(
                id: try row[0], name: try row[1], role: role, kind: kind, createdAt: try row[4], createdBy: try row[5],
                creatorID: try row[10], parentID: try row[11], endsAt: try row[6], usedAt: try row[7],
                revokedAt: try row[8], revokedBy: try row[9])
        }
    }
}
