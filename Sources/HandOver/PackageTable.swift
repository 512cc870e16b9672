// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Records
import SignIn
import Store

/// The rows of one-time packages, on one connection.
struct PackageTable {
    let connection: any SQLConnection

    private static let columns = """
        id, purpose, about, recipient, recipient_name, needs_recipient, file_name, media_type, hints, offered_by, \
        offered_at, ends_at, wrong_attempts, most_wrong_attempts, ending, ended_at, ended_by
        """

    func insert(_ package: PreparedPackage, at now: Date) throws -> OneTimePackage {
        let new = package.new
        let cut = connection.dialect.cut
        let id = try PackageTables.ids.take(on: connection)
        try connection.insert(
            into: "one_time_packages",
            [
                "id", "hash", "purpose", "about", "recipient", "recipient_name", "needs_recipient", "file_name",
                "media_type", "hints", "offered_by", "offered_at", "ends_at", "wrong_attempts", "most_wrong_attempts",
                "content",
            ],
            rows: [
                [
                    .integer(id), .text(package.secret.hash), .text(new.purpose.rawValue), .text(new.about),
                    .text(new.recipient.text), .text(cut(new.recipientName, 320)), SQLValue(new.needsRecipient),
                    .text(cut(new.fileName, 200)), .text(new.mediaType), .text(new.hints.text),
                    .text(cut(new.offeredBy, 320)), SQLValue(now),
                    SQLValue(now.addingTimeInterval(new.lifetime).roundedToMilliseconds),
                    .integer(0), SQLValue(new.mostWrongAttempts), .blob(package.sealed),
                ]
            ])
        guard let made = try packages("WHERE id = ?", [.integer(id)]).first else {
            throw StoreError(.corrupt, "a package that was written is not there")
        }
        try note(.offerPackage, made, by: new.offeredBy)
        return made
    }

    /// - Parameter condition: from WHERE on.
    func packages(
        _ condition: String, _ parameters: [SQLValue], lock: SQLRowLock = .none
    ) throws -> [OneTimePackage] {
        try connection.query(
            "SELECT \(Self.columns) FROM one_time_packages\(lock.hint) \(condition)\(lock.clause)", parameters
        ) { row in
            let ending: String? = try row[14]
            guard let purpose = OneTimePackage.Purpose(rawValue: try row[1]),
                let recipient = PackageRecipient(text: try row[3]),
                ending.map({ OneTimePackage.Ending(rawValue: $0) != nil }) ?? true
            else {
                throw StoreError(
                    .corrupt,
                    "table one_time_packages names a purpose, person or ending that this version does not know")
            }
            return OneTimePackage(
                id: try row[0], purpose: purpose, about: try row[2], recipient: recipient, recipientName: try row[4],
                needsRecipient: try row[5], fileName: try row[6], mediaType: try row[7],
                hints: try JSONValue(parsing: row[8] as String), offeredBy: try row[9], offeredAt: try row[10],
                endsAt: try row[11], wrongAttempts: try row[12], mostWrongAttempts: try row[13],
                ending: ending.flatMap(OneTimePackage.Ending.init), endedAt: try row[15], endedBy: try row[16])
        }
    }

    /// What is sealed, and what it is sealed under; nil where it is erased.
    func content(_ id: Int64) throws -> (hash: String, sealed: [UInt8])? {
        try connection.query(
            "SELECT hash, content FROM one_time_packages WHERE id = ? AND content IS NOT NULL", [.integer(id)]
        ) { row in (hash: try row[0] as String, sealed: try row[1] as [UInt8]) }.first
    }

    /// Ends a package that is open and erases what is in it, with a record.
    ///
    /// - Parameters:
    ///   - actor: who has brought the end about.
    ///   - cause: why, where somebody has said so.
    func end(
        _ package: OneTimePackage, _ ending: OneTimePackage.Ending, by actor: String, because cause: String? = nil,
        at now: Date
    ) throws {
        let changed = try connection.execute(
            """
            UPDATE one_time_packages SET ending = ?, ended_at = ?, ended_by = ?, content = NULL \
            WHERE id = ? AND ending IS NULL
            """,
            [
                .text(ending.rawValue), SQLValue(now), .text(connection.dialect.cut(actor, to: 320)),
                .integer(package.id),
            ])
        guard changed == 1 else { return }
        try note(ending == .fetched ? .fetchPackage : .endPackage, package, by: actor, ending.rawValue, because: cause)
    }

    func countWrongAttempt(_ package: OneTimePackage, by actor: String) throws {
        try connection.execute(
            "UPDATE one_time_packages SET wrong_attempts = wrong_attempts + 1 WHERE id = ?", [.integer(package.id)])
        try AuditTrail.record(
            AuditEntry(
                .fetchPackage, AuditObject(.package, String(package.id)), by: AuditActor(named: actor),
                person: package.recipientName, outcome: .refused,
                reason: "it is for \(package.recipientName), not for \(actor)"), on: connection)
    }

    private func note(
        _ action: AuditAction, _ package: OneTimePackage, by actor: String, _ state: String = "open",
        because cause: String? = nil
    ) throws {
        try AuditTrail.record(
            AuditEntry(
                action, AuditObject(.package, String(package.id)), by: AuditActor(named: actor),
                person: package.recipientName,
                before: action == .offerPackage ? nil : ["state": "open"],
                after: [
                    "state": .string(state), "purpose": .string(package.purpose.rawValue),
                    "about": .string(package.about),
                ], reason: cause ?? ""), on: connection)
    }
}
