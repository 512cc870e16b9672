// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
import PKIX
import Store

/// One record of the audit trail, as it is kept. Its words are text here, for a newer version, or somebody who has no business there,
/// may have written others.
public struct AuditRecord: Sendable, Hashable {
    /// What the first record has in place of the hash of the one before.
    public static let beginning = String(repeating: "0", count: 64)

    /// From 1, without gaps.
    public let number: Int64
    /// By the database's time.
    public let at: Date
    public let actor: String
    public let actorKind: String
    /// The command that ran.
    public let origin: String
    public let node: String?
    public let action: String
    public let objectKind: String
    public let objectID: String
    public let person: String?
    public let before: JSONValue?
    public let after: JSONValue?
    public let outcome: String
    public let reason: String
    /// Hash of the record before, hexadecimal.
    public let previous: String
    /// Of this record, as it was made; see `digest`.
    public let hash: String

    /// SHA-256 over the canonical form of what the record says now, hexadecimal. It is `hash` unless somebody has changed it.
    public var digest: String { Self.digest(content) }

    static func digest(_ content: [String: JSONValue]) -> String {
        DigestAlgorithm.sha256.digest(Array(CanonicalJSON.text(.object(content)).utf8)).hex
    }

    /// As programs see it, and as it is exported.
    public var json: JSONValue {
        var members = content
        members["hash"] = .string(hash)
        return .object(members)
    }

    /// One line of an export: `json` in its canonical form.
    public var line: String { CanonicalJSON.text(json) }

    /// What is hashed.
    private var content: [String: JSONValue] {
        [
            "number": JSONValue(Int(number)), "at": .string(Self.moment(at)), "actor": .string(actor),
            "actorKind": .string(actorKind), "origin": .string(origin), "node": JSONValue(node),
            "action": .string(action), "objectKind": .string(objectKind), "object": .string(objectID),
            "person": JSONValue(person), "before": before ?? .null, "after": after ?? .null,
            "outcome": .string(outcome), "reason": .string(reason), "previous": .string(previous),
        ]
    }

    /// A time to the millisecond, in UTC.
    public static func moment(_ date: Date) -> String {
        let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
        let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000)
        let digits = "\(1000 + abs(rest))".dropFirst()
        return Date(timeIntervalSince1970: Double(seconds)).ISO8601Format().replacing("Z", with: ".\(digits)Z")
    }
}

extension AuditRecord {
    /// A record that is made now.
    init(
        _ entry: AuditEntry, number: Int64, at date: Date, origin: AuditOrigin, previous: String, _ dialect: SQLDialect
    ) {
        func text(_ value: String, _ length: Int) -> String { dialect.cut(value, to: length) }
        let unsigned = AuditRecord(
            number: number, at: date.roundedToMilliseconds, actor: text(entry.actor.name, AuditTable.nameLength),
            actorKind: entry.actor.kind.rawValue, origin: text(origin.command, AuditOrigin.length),
            node: origin.node.map { text($0, 100) }, action: entry.action.rawValue,
            objectKind: entry.object.kind.rawValue, objectID: text(entry.object.id, AuditTable.nameLength),
            person: entry.person.map { text($0, AuditTable.nameLength) },
            before: entry.before.map(CanonicalJSON.storable), after: entry.after.map(CanonicalJSON.storable),
            outcome: entry.outcome.rawValue, reason: entry.reason.storable, previous: previous, hash: "")
        self = AuditRecord(unsigned, hash: unsigned.digest)
    }

    private init(_ record: AuditRecord, hash: String) {
        self = AuditRecord(
            number: record.number, at: record.at, actor: record.actor, actorKind: record.actorKind,
            origin: record.origin, node: record.node, action: record.action, objectKind: record.objectKind,
            objectID: record.objectID, person: record.person, before: record.before, after: record.after,
            outcome: record.outcome, reason: record.reason, previous: record.previous, hash: hash)
    }
}
