// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Foundation
import JSONDocuments
import Ledger
import Records
import Store

/// The exceptions that people have made, one for each person and template. They outlive the verdicts, which are made anew whenever a
/// template changes.
public struct ExceptionBook: Sendable {
    private let database: any SQLDatabase
    private let mirror: DirectoryMirror
    private let clock: any ConnectorClock

    public init(database: any SQLDatabase, mirror: DirectoryMirror, clock: any ConnectorClock) {
        self.database = database
        self.mirror = mirror
        self.clock = clock
    }

    static let migration = Migration("enrollment-6-exceptions") { dialect in
        [
            """
            CREATE TABLE enrollment_exceptions (
                \(dialect.column("template", 100)) NOT NULL, \(dialect.column("subscriber_id", 64)) NOT NULL,
                \(dialect.column("user_principal_name", 320)) NOT NULL, \(dialect.column("kind", 20)) NOT NULL,
                ends_at \(dialect.integer), cause \(dialect.longText) NOT NULL, actor \(dialect.longText) NOT NULL,
                created_at \(dialect.integer) NOT NULL, terms \(dialect.longText) NOT NULL,
                PRIMARY KEY (template, subscriber_id))
            """
        ]
    }

    /// Makes an exception, in place of an earlier one of the same person and template; the next plan goes by it.
    public func put(_ exceptions: [EnrollmentException]) async throws {
        let now = clock.now()
        try await database.write { connection in
            for exception in exceptions {
                try connection.put(
                    into: "enrollment_exceptions",
                    key: ["template": .text(exception.template), "subscriber_id": .text(exception.subscriberID)],
                    values: [
                        "user_principal_name": .text(connection.dialect.cut(exception.userPrincipalName, to: 320)),
                        "kind": .text(exception.kind.rawValue), "ends_at": SQLValue(exception.until),
                        "cause": .text(exception.cause), "actor": .text(exception.actor),
                        "created_at": SQLValue(exception.createdAt), "terms": .text(exception.choice.json.text),
                    ])
                try Self.decideAnew(exception.template, exception.subscriberID, at: now, on: connection)
                try AuditTrail.record(
                    AuditEntry(
                        .grantException, exception.auditObject, by: AuditActor(named: exception.actor),
                        person: exception.userPrincipalName, after: exception.json(at: now), reason: exception.cause),
                    on: connection)
            }
        }
    }

    /// Ends an exception, whether it is in force or over; the next plan goes by the group again.
    ///
    /// - Parameter actor: who ends it, for the record.
    /// - Returns: what it was; nil where there is none.
    public func end(template: String, subscriberID: String, by actor: String) async throws -> EnrollmentException? {
        let now = clock.now()
        let id = subscriberID.lowercased()
        return try await database.write { connection in
            let known = try Self.read(
                "template = ? AND subscriber_id = ?", [.text(template), .text(id)], on: connection
            ).first
            guard let known else { return nil }
            try connection.execute(
                "DELETE FROM enrollment_exceptions WHERE template = ? AND subscriber_id = ?",
                [.text(template), .text(id)])
            try Self.decideAnew(template, id, at: now, on: connection)
            try AuditTrail.record(
                AuditEntry(
                    .endException, known.auditObject, by: AuditActor(named: actor), person: known.userPrincipalName,
                    before: known.json(at: now), reason: known.cause),
                on: connection)
            return known
        }
    }

    /// All of them, also those that are over, by template and name.
    public func all() async throws -> [EnrollmentException] {
        try await named(try await database.read { try Self.read("1 = 1", [], on: $0) })
    }

    /// Those of one person, by template.
    public func of(_ subscriberID: String) async throws -> [EnrollmentException] {
        try await named(
            try await database.read { try Self.read("subscriber_id = ?", [.text(subscriberID.lowercased())], on: $0) })
    }

    /// The same with the names that people have now.
    private func named(_ exceptions: [EnrollmentException]) async throws -> [EnrollmentException] {
        let people = try await mirror.peopleAsMembers(ids: Set(exceptions.map(\.subscriberID)).sorted())
        let names = Dictionary(
            people.map { ($0.person.id.lowercased(), $0.person.userPrincipalName) },
            uniquingKeysWith: { first, _ in first })
        return exceptions.map { exception in
            var exception = exception
            exception.userPrincipalName = names[exception.subscriberID] ?? exception.userPrincipalName
            return exception
        }.sorted {
            ($0.template, $0.userPrincipalName, $0.subscriberID) < ($1.template, $1.userPrincipalName, $1.subscriberID)
        }
    }

    /// Those in force of a template for some people, by object id.
    func inForce(_ template: String, _ ids: [String]) async throws -> [String: EnrollmentException] {
        let now = clock.now()
        return try await database.read { connection in
            var found: [String: EnrollmentException] = [:]
            for list in SQLValueList.lists(ids.map { $0.lowercased() }) {
                for exception in try Self.read(
                    "template = ? AND subscriber_id IN (\(list.places))", [.text(template)] + list.parameters,
                    on: connection) where exception.isInForce(at: now)
                {
                    found[exception.subscriberID] = exception
                }
            }
            return found
        }
    }

    /// Who is included by hand, or was: their changes stand in no group.
    func included(_ template: String) async throws -> [String] {
        try await database.read { connection in
            try Self.read(
                "template = ? AND kind = ?", [.text(template), .text(EnrollmentException.Kind.include.rawValue)],
                on: connection
            ).map(\.subscriberID)
        }
    }

    /// People as members where an exception makes them some: known to the tenant, and not in the group.
    func members(
        _ people: [(id: String, member: EnrollmentMember?)], by exceptions: [String: EnrollmentException]
    ) async throws -> [(id: String, member: EnrollmentMember?)] {
        let outside = people.filter { id, member in
            exceptions[id.lowercased()]?.kind == .include && !(member?.isPresent ?? false)
        }
        guard !outside.isEmpty else { return people }
        let known = try await mirror.peopleAsMembers(ids: outside.map(\.id))
        let found = Dictionary(known.map { ($0.person.id, $0) }, uniquingKeysWith: { first, _ in first })
        return people.map { id, member in (id, found[id.lowercased()] ?? member) }
    }

    /// One person as a member, and the exception in force.
    func member(
        _ id: String, of group: String, template: String
    ) async throws -> (member: EnrollmentMember?, exception: EnrollmentException?) {
        let member = try await mirror.members(of: group, ids: [id]).first
        let exceptions = try await inForce(template, [id])
        let people = try await members([(id, member)], by: exceptions)
        return (people.first?.member, exceptions[id.lowercased()])
    }

    private static func decideAnew(
        _ template: String, _ subscriberID: String, at now: Date, on connection: any SQLConnection
    ) throws {
        try connection.execute(
            "UPDATE enrollment_decisions SET due_at = ? WHERE template = ? AND subscriber_id = ?",
            [SQLValue(now), .text(template), .text(subscriberID)])
    }

    private static func read(
        _ condition: String, _ parameters: [SQLValue], on connection: any SQLConnection
    ) throws -> [EnrollmentException] {
        try connection.query(
            """
            SELECT template, subscriber_id, user_principal_name, kind, ends_at, cause, actor, created_at, terms \
            FROM enrollment_exceptions WHERE \(condition) ORDER BY template, user_principal_name, subscriber_id
            """, parameters
        ) { row in
            EnrollmentException(
                template: try row[0], subscriberID: try row[1], userPrincipalName: try row[2],
                kind: EnrollmentException.Kind(rawValue: try row[3]) ?? .leaveOut, until: try row[4],
                cause: try row[5], actor: try row[6], createdAt: try row[7],
                choice: OrderChoice(json: try JSONValue(parsing: try row[8] as String)))
        }
    }
}

extension EnrollmentException {
    fileprivate var auditObject: AuditObject { AuditObject(.exception, "\(template)/\(subscriberID)") }
}
