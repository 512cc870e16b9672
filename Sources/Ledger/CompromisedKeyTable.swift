// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import PKIX
public import Records
import Store

/// The table `compromised_keys`: keys that are in wrong hands, each by the certificate of which that became known. The one place that says
/// so, whoever has said it, and whatever had become of the certificate by then: mostly it is known when the certificate is over.
struct CompromisedKeyTable {
    static let migration = Migration(
        "ledger-28-compromised-keys",
        fill: { connection, last in
            let standing = CertificateAction.State.standing
            let asked = "x.certificate_id = c.id AND x.kind = ? AND x.reason = ? AND x.state IN (\(standing.places))"
            let words = [SQLValue(CertificateAction.Kind.revoke), .text(reason)] + standing.parameters
            let rows: [(id: Int64, der: [UInt8], serialNumber: String, since: Int64?)] = try connection.query(
                """
                SELECT c.id, c.der, c.serial_number, (SELECT MAX(x.not_before) FROM certificate_actions x WHERE \(asked)) \
                FROM certificates c WHERE c.id > ? AND (EXISTS (SELECT 1 FROM certificate_actions x WHERE \(asked)) \
                OR EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = c.order_id AND e.kind = ? AND e.data LIKE ?)) \
                ORDER BY c.id \(connection.dialect.page(500, 0))
                """, words + [.integer(last)] + words + [.text("revoked"), .text("%\"\(reason)\"%")]
            ) { (try $0[0], try $0[1], try $0[2], try $0[3]) }
            let table = CompromisedKeyTable(connection: connection)
            for row in rows { try table.put(row.id, row.der, row.serialNumber, since: .integer(row.since ?? 0)) }
            return rows.last?.id
        }
    ) { sql in
        [
            """
            CREATE TABLE compromised_keys (
                certificate_id \(sql.integer) NOT NULL PRIMARY KEY, \(sql.column("key_digest", 64)) NOT NULL,
                \(sql.column("serial_number", 64)) NOT NULL, since \(sql.integer) NOT NULL,
                FOREIGN KEY (certificate_id) REFERENCES certificates (id))
            """,
            "CREATE INDEX compromised_keys_key ON compromised_keys (key_digest)",
        ]
    }

    static let reason = RevocationReason.keyCompromise.name

    let connection: any SQLConnection

    /// - Returns: serial number of a certificate by which it became known; nil for a key that nobody has said it of.
    func serialNumber(of key: RequestedKey) throws -> String? {
        try connection.query(
            "SELECT serial_number FROM compromised_keys WHERE key_digest = ? ORDER BY certificate_id",
            [.text(key.digest)]
        ) { try $0[0] as String }.first
    }

    /// Whether nobody may have what the key is in, as far as it was said for now.
    func compromised(among certificates: [Int64], at now: Date) throws -> Set<Int64> {
        var found: Set<Int64> = []
        for list in SQLValueList.lists(certificates) {
            try connection.forEachRow(
                "SELECT certificate_id FROM compromised_keys WHERE certificate_id IN (\(list.places)) AND since <= ?",
                list.parameters + [SQLValue(now)]
            ) { found.insert(try $0[0]) }
        }
        return found
    }

    /// Puts on record that the keys of certificates are in wrong hands; what is known already stays.
    ///
    /// - Parameters:
    ///   - since: from when on; the earliest counts.
    ///   - said: certificates of which another record says it.
    func note(
        _ certificates: [Int64], since: Date, by actor: AuditActor, because cause: String, said: Set<Int64> = []
    ) throws {
        for list in SQLValueList.lists(Set(certificates).sorted()) {
            let rows: [(id: Int64, der: [UInt8], serialNumber: String, person: String, since: Date?)] =
                try connection.query(
                    """
                    SELECT c.id, c.der, c.serial_number, c.user_principal_name, k.since FROM certificates c \
                    LEFT JOIN compromised_keys k ON k.certificate_id = c.id WHERE c.id IN (\(list.places)) ORDER BY c.id
                    """, list.parameters
                ) { (try $0[0], try $0[1], try $0[2], try $0[3], try $0[4]) }
            let new = rows.filter { $0.since.map { $0 > since } ?? true }
            for row in new {
                try put(row.id, row.der, row.serialNumber, since: SQLValue(since.roundedToMilliseconds))
            }
            try AuditTrail.record(
                new.filter { !said.contains($0.id) }.map {
                    AuditEntry(
                        .noticeCompromise, AuditObject(.certificate, $0.serialNumber), by: actor, person: $0.person,
                        after: ["since": .string(AuditRecord.moment(since))], reason: cause)
                }, on: connection)
        }
    }

    private func put(_ certificate: Int64, _ der: [UInt8], _ serialNumber: String, since: SQLValue) throws {
        try connection.put(
            into: "compromised_keys", key: ["certificate_id": .integer(certificate)],
            values: [
                "key_digest": .text(RequestedKey(ofCertificate: der).digest), "serial_number": .text(serialNumber),
                "since": since,
            ])
    }

    /// It was said by mistake.
    func forget(_ certificate: Int64) throws {
        try connection.execute("DELETE FROM compromised_keys WHERE certificate_id = ?", [.integer(certificate)])
    }
}

extension OrderLedger {
    /// Puts on record that the keys of certificates are in wrong hands, also of those that are revoked or over: no such key is certified or
    /// delivered any more.
    ///
    /// - Throws: `StoreError`.
    public func noteCompromise(of certificates: [Int64], by actor: AuditActor, because cause: String) async throws {
        let now = now()
        try await writeBesideOthers {
            try CompromisedKeyTable(connection: $0).note(certificates, since: now, by: actor, because: cause)
        }
    }

    /// Those among certificates whose keys are in wrong hands.
    public func compromised(among certificates: [Int64]) async throws -> Set<Int64> {
        let now = now()
        return try await database.read {
            try CompromisedKeyTable(connection: $0).compromised(among: certificates, at: now)
        }
    }

    /// Why the key that somebody has handed in may not be ordered for any more; nil where nothing stands against it.
    public func compromise(ofRequestBehind order: Order) async throws -> String? {
        guard let reference = order.requestReference else { return nil }
        return try await database.read { connection in
            guard
                let digest = try connection.value(
                    "SELECT key_digest FROM certificate_requests WHERE reference = ?", [.text(reference)],
                    as: String.self),
                let other = try CompromisedKeyTable(connection: connection).serialNumber(
                    of: RequestedKey(digest: digest))
            else { return nil }
            return
                "its key is that of certificate \(other), which was revoked as compromised: make a new key, and request it once more"
        }
    }

    /// Whether a key is in wrong hands, however it is written.
    ///
    /// - Returns: serial number of a certificate by which that became known; nil where it did not.
    public func compromise(of key: PublicKey) async throws -> String? {
        try await database.read { try CompromisedKeyTable(connection: $0).serialNumber(of: RequestedKey(key)) }
    }
}
