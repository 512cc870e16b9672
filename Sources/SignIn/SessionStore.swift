// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Foundation
import JSONDocuments
public import Store

/// The sessions of the console, in the database that all nodes share. A cookie of 256 random bits stands for one, and only its SHA-256
/// is stored; nothing of a session can be chosen by who comes.
public struct SessionStore: Sendable {
    /// How often the sign of life is written: a session of somebody who reads costs no write per request.
    static let glance: TimeInterval = 60

    /// How long sessions last.
    public struct Lifetime: Sendable {
        public var whole: TimeInterval
        public var idle: TimeInterval

        public init(whole: TimeInterval, idle: TimeInterval) { (self.whole, self.idle) = (whole, idle) }
    }

    private let database: any SQLDatabase
    private let clock: any ConnectorClock

    public init(database: any SQLDatabase, clock: any ConnectorClock) {
        (self.database, self.clock) = (database, clock)
    }

    /// Begins a session, always under a new name; one that the browser had before is over.
    ///
    /// - Parameters:
    ///   - former: what the browser had.
    ///   - tenantSession: the tenant's name of its own session.
    public func begin(
        name: String, _ origin: Session.Origin, lifetime: Lifetime, tenantSession: String? = nil,
        logoutHint: String? = nil, authenticatedAt: Date? = nil, replacing former: SecretText? = nil
    ) async throws -> (secret: SecretText, session: Session) {
        let now = clock.now().roundedToMilliseconds
        let secret = SecretText.session()
        var end = now.addingTimeInterval(lifetime.whole)
        var (objectID, tokenID, grants): (String?, Int64?, RoleGrants?)
        switch origin {
        case .tenant(let id, let found): (objectID, grants) = (id, found)
        case .token(let token):
            tokenID = token.id
            end = min(end, token.endsAt)
        }
        let session = Session(
            name: name, origin: origin, createdAt: now, idleEndsAt: min(now.addingTimeInterval(lifetime.idle), end),
            endsAt: end, logoutHint: logoutHint, authenticatedAt: authenticatedAt)
        try await database.write { [objectID, tokenID, grants] connection in
            // Those that nobody ended go with the next who comes.
            try connection.execute("DELETE FROM console_sessions WHERE ends_at < ?", [SQLValue(now)])
            if let former {
                try connection.execute("DELETE FROM console_sessions WHERE hash = ?", [.text(former.hash)])
            }
            try connection.insert(
                into: "console_sessions", Self.columns,
                rows: [
                    [
                        .text(secret.hash), .text(connection.dialect.cut(name, to: 320)), SQLValue(objectID),
                        .text((grants?.json ?? [:]).text), SQLValue(tokenID),
                        SQLValue(tenantSession?.prefix(200).description),
                        SQLValue(logoutHint), SQLValue(now), SQLValue(now), SQLValue(session.idleEndsAt),
                        SQLValue(session.endsAt), SQLValue(authenticatedAt),
                    ]
                ])
        }
        return (secret, session)
    }

    private static let columns = [
        "hash", "name", "object_id", "grants", "token_id", "tenant_session", "logout_hint", "created_at", "seen_at",
        "idle_ends_at", "ends_at", "authenticated_at",
    ]

    /// The session of a cookie, which has a sign of life by that; nil where there is none or it is over.
    public func session(_ secret: SecretText, lifetime: Lifetime) async throws -> Session? {
        guard let found = try await read(secret) else { return nil }
        guard clock.now().timeIntervalSince(found.seenAt) >= Self.glance else { return found.session }
        return try await extend(secret, lifetime: lifetime)
    }

    /// Counts the idle time anew.
    ///
    /// - Returns: nil where the session is over, which nothing brings back.
    public func extend(_ secret: SecretText, lifetime: Lifetime) async throws -> Session? {
        guard let found = try await read(secret) else { return nil }
        let now = clock.now().roundedToMilliseconds
        let end = min(now.addingTimeInterval(lifetime.idle), found.session.endsAt)
        try await database.write { connection in
            try connection.execute(
                "UPDATE console_sessions SET seen_at = ?, idle_ends_at = ? WHERE hash = ?",
                [SQLValue(now), SQLValue(end), .text(secret.hash)])
        }
        let session = found.session
        return Session(
            name: session.name, origin: session.origin, createdAt: session.createdAt, idleEndsAt: end,
            endsAt: session.endsAt, logoutHint: session.logoutHint, authenticatedAt: session.authenticatedAt)
    }

    private func read(_ secret: SecretText) async throws -> (session: Session, seenAt: Date)? {
        let now = clock.now()
        let hash = secret.hash
        return try await database.read { connection in
            let row = try connection.query(
                """
                SELECT hash, name, object_id, grants, token_id, created_at, seen_at, idle_ends_at, ends_at, logout_hint, \
                authenticated_at
                FROM console_sessions WHERE hash = ?
                """, [.text(hash)]
            ).first
            guard let row, ConstantTime.areEqual(try row[0], hash) else { return nil }
            let (idleEnd, end): (Date, Date) = (try row[7], try row[8])
            guard now < idleEnd, now < end else { return nil }
            var origin: Session.Origin?
            if let tokenID = try row[4] as Int64? {
                let token = try APITokenStore.token("id = ?", [.integer(tokenID)], on: connection)
                // A token that was revoked takes its sessions along.
                if let token, token.revokedAt == nil, now < token.endsAt { origin = .token(token) }
            } else if let objectID = try row[2] as String?, let grants = RoleGrants(json: try row[3]) {
                origin = .tenant(objectID: objectID, grants: grants)
            }
            guard let origin else { return nil }
            return (
                Session(
                    name: try row[1], origin: origin, createdAt: try row[5], idleEndsAt: idleEnd, endsAt: end,
                    logoutHint: try row[9], authenticatedAt: try row[10]), try row[6]
            )
        }
    }

    /// Ends a session.
    public func end(_ secret: SecretText) async throws { _ = try await end("hash = ?", .text(secret.hash)) }

    /// Ends all sessions that began with a session of the tenant, which is over.
    ///
    /// - Returns: how many.
    public func end(tenantSession: String) async throws -> Int {
        guard !tenantSession.isEmpty, tenantSession.utf8.count <= 200 else { return 0 }
        return try await end("tenant_session = ?", .text(tenantSession))
    }

    /// Ends everything that somebody has open, on whatever machine.
    ///
    /// - Returns: how many.
    public func endAll(of session: Session) async throws -> Int {
        switch session.origin {
        case .tenant(let objectID, _): try await end("object_id = ?", .text(objectID))
        case .token(let token): try await end("token_id = ?", .integer(token.id))
        }
    }

    private func end(_ condition: String, _ value: SQLValue) async throws -> Int {
        try await database.write { connection in
            try connection.execute("DELETE FROM console_sessions WHERE \(condition)", [value])
        }
    }
}

extension RoleGrants {
    var json: JSONValue { ["entries": JSONValue(entries), "employee": .bool(isEmployee)] }

    init?(json: JSONValue) {
        guard let entries = json["entries"]?.array, let isEmployee = json["employee"]?.bool else { return nil }
        self.init(entries: entries.compactMap(\.string), isEmployee: isEmployee)
    }
}
