// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import PKIX
import Records
import Store

/// The table `certificate_requests`.
struct RequestTable {
    let connection: any SQLConnection

    static let ids = IdentifierSequence("certificate_requests")

    static let migration = Migration("ledger-21-requests") { sql in
        [
            """
            CREATE TABLE certificate_requests (
                id \(sql.integer) NOT NULL PRIMARY KEY, \(sql.column("reference", 40)) NOT NULL UNIQUE,
                \(sql.column("template", 100)) NOT NULL, \(sql.column("requester", 320)) NOT NULL,
                \(sql.column("requester_name", 320)) NOT NULL, \(sql.column("requester_id", 64)),
                hosts \(sql.longText) NOT NULL, \(sql.column("key_type", 40)) NOT NULL, csr \(sql.blob) NOT NULL,
                reason \(sql.longText) NOT NULL, \(sql.column("state", 20)) NOT NULL, decided_by \(sql.longText),
                decided_at \(sql.integer), cause \(sql.longText), order_id \(sql.integer),
                created_at \(sql.integer) NOT NULL, FOREIGN KEY (order_id) REFERENCES orders (id))
            """,
            "CREATE INDEX certificate_requests_name ON certificate_requests (requester_name, id)",
            "CREATE INDEX certificate_requests_person ON certificate_requests (requester_id, id)",
            "CREATE INDEX certificate_requests_state ON certificate_requests (state, id)",
            "CREATE INDEX certificate_requests_order ON certificate_requests (order_id)",
            ids.creation,
        ]
    }

    /// One key is found whoever signs it anew.
    static let keyMigration = Migration(
        "ledger-27-keys-of-requests",
        fill: { connection, last in
            let rows = try connection.query(
                "SELECT id, csr FROM certificate_requests WHERE id > ? ORDER BY id \(connection.dialect.page(500, 0))",
                [.integer(last)]
            ) { (id: try $0[0] as Int64, csr: try $0[1] as [UInt8]) }
            for row in rows {
                try connection.execute(
                    "UPDATE certificate_requests SET key_digest = ? WHERE id = ?",
                    [.text(RequestedKey(of: row.csr).digest), .integer(row.id)])
            }
            return rows.last?.id
        }
    ) { sql in
        [
            "ALTER TABLE certificate_requests ADD \(sql.column("key_digest", 64))",
            "CREATE INDEX certificate_requests_key ON certificate_requests (key_digest)",
        ]
    }

    /// A token's request had the name of the token alone, which another one may have by now.
    static let ownerMigration = Migration(
        "ledger-29-owners-of-requests",
        fill: { connection, last in
            let rows = try connection.query(
                """
                SELECT id, requester, created_at FROM certificate_requests WHERE id > ? AND requester_id IS NULL \
                AND requester_name LIKE 'token %' ORDER BY id \(connection.dialect.page(500, 0))
                """, [.integer(last)]
            ) { (id: try $0[0] as Int64, name: String((try $0[1] as String).dropFirst(6)), date: try $0[2] as Date) }
            for row in rows {
                // Of two of one name only the newest was valid then.
                let tokens = try connection.query(
                    "SELECT id, name FROM api_tokens WHERE created_at <= ? ORDER BY id DESC", [SQLValue(row.date)]
                ) { (id: try $0[0] as Int64, name: try $0[1] as String) }
                guard let token = tokens.first(where: { $0.name == row.name }) else { continue }
                try connection.execute(
                    "UPDATE certificate_requests SET requester_id = ? WHERE id = ?",
                    [.text(OwnerID.token(token.id).text), .integer(row.id)])
            }
            return rows.last?.id
        }
    ) { _ in [] }

    static let columns = """
        id, reference, template, requester, requester_id, hosts, key_type, csr, reason, state, decided_by, decided_at, cause, \
        order_id, created_at
        """

    static let list = SQLList(
        "(SELECT \(columns), requester_name FROM certificate_requests)",
        keys: [
            ("number", ["id"]), ("requester", ["requester_name"]), ("template", ["template"]), ("state", ["state"]),
        ], identity: ["id"], standard: ListSort("number", isDescending: true))

    /// Follows from key and names, and from how often they are on record: a database that was put back gives the reference that it had
    /// before, and with it its order, so that the CA is asked whether it has that already; and of two that come at once one is refused.
    func newReference(for new: NewRequest) throws -> String {
        let secret = try OrderReference.secret(on: connection) ?? OrderReference.random()
        let content = ([new.template, RequestedKey(of: new.csr).digest] + new.hosts.sorted()).joined(separator: "|")
        var number = 0
        while true {
            let reference = "rq-" + OrderReference.word(12, from: "\(content)|\(number)", secret: secret)
            let isTaken = try connection.value(
                "SELECT COUNT(*) FROM certificate_requests WHERE reference = ?", [.text(reference)], as: Int.self)
            guard let isTaken, isTaken > 0 else { return reference }
            number += 1
        }
    }

    /// Requests of one requester that may wait for a decision: each is kept, and told to whoever decides.
    static let mostWaiting = 50

    /// Makes sure that a request may be put on record.
    ///
    /// - Throws: `LedgerError.notPossible`.
    func require(_ new: NewRequest, at now: Date) throws {
        try require(new.csr, hosts: new.hosts, renewableFor: new.renewableFor, at: now)
        try requireRoom(for: new)
    }

    /// Makes sure that whoever asks has not asked for more than somebody can decide on.
    ///
    /// - Throws: `LedgerError.notPossible`.
    private func requireRoom(for new: NewRequest) throws {
        let (whose, key) =
            new.requesterID.map { ("requester_id = ?", $0) }
            ?? ("requester_id IS NULL AND requester_name = ?", folded(new.requester.storable))
        let waiting =
            try connection.value(
                "SELECT COUNT(*) FROM certificate_requests WHERE \(whose) AND state = ?",
                [.text(key), SQLValue(SubmittedRequest.State.waiting)], as: Int.self) ?? 0
        guard waiting < Self.mostWaiting else {
            throw LedgerError.notPossible(
                "\(waiting) requests of \(new.requester) wait for a decision already: take some back ('certway request withdraw'), or wait "
                    + "for an administrator")
        }
    }

    /// Makes sure that a key may be ordered for: one key has one certificate for the same hosts, whoever hands it in, by whichever template,
    /// however often and signed however; and one that was compromised has none any more (CA/Browser Forum Baseline Requirements section 6.1.1.3).
    ///
    /// The same is here where it waits, its order is under way, it was ordered within a day, or its certificate is in force and does not
    /// end soon.
    ///
    /// - Parameters:
    ///   - own: the request that is to be ordered; nil for one that is new.
    ///   - renewableFor: how many seconds before its end the same may be asked for again.
    /// - Throws: `LedgerError.notPossible`.
    func require(
        _ csr: [UInt8], hosts: [String], besides own: Int64? = nil, renewableFor: Double,
        at now: Date
    ) throws {
        let key = RequestedKey(of: csr)
        let alike = try all("WHERE key_digest = ? ORDER BY id", [.text(key.digest)])
        let states: Set = [SubmittedRequest.State.waiting, .ordered]
        let same = try alike.first { request in
            guard request.id != own, states.contains(request.state),
                Set(request.hosts) == Set(hosts)
            else { return false }
            guard request.state == .ordered else { return own == nil }
            return try stands(request, renewableFor: renewableFor, at: now)
        }
        if let same {
            throw LedgerError.notPossible(
                "the same request, or one of the same key and names, is here already, as \(same.reference): it is "
                    + "\(same.state.rawValue); nothing is ordered twice for it")
        }
        if let serialNumber = try CompromisedKeyTable(connection: connection).serialNumber(of: key) {
            throw LedgerError.notPossible(
                "its key is that of certificate \(serialNumber), which was revoked as compromised: make a new key")
        }
    }

    /// The same for a request that is on record and is to be ordered.
    func require(_ request: SubmittedRequest, renewableFor: Double, at now: Date) throws {
        try require(
            request.csr, hosts: request.hosts, besides: request.id,
            renewableFor: renewableFor, at: now)
    }

    /// In use, and nobody has asked for their end.
    func certificatesOfCompromisedKeys() throws -> [(serialNumber: String, compromised: String)] {
        let standing = CertificateAction.State.standing
        return try connection.query(
            """
            SELECT o.serial_number, k.serial_number FROM compromised_keys k \
            JOIN certificate_requests s ON s.key_digest = k.key_digest JOIN certificates o ON o.order_id = s.order_id \
            WHERE o.id <> k.certificate_id AND o.status = ? AND NOT EXISTS (SELECT 1 FROM certificate_actions x \
            WHERE x.certificate_id = o.id AND x.kind = ? AND x.state IN (\(standing.places))) \
            ORDER BY o.serial_number, k.serial_number
            """,
            [SQLValue(CertificateStatus.active), SQLValue(CertificateAction.Kind.revoke)] + standing.parameters
        ) { (serialNumber: try $0[0], compromised: try $0[1]) }
    }

    /// Whether nothing is to be ordered for what was ordered already.
    private func stands(_ request: SubmittedRequest, renewableFor: Double, at now: Date) throws -> Bool {
        guard let id = request.orderID,
            let order = try OrderTable(connection: connection, now: now).first(where: "id = ?", [.integer(id)])
        else { return false }
        guard let number = order.certificateID else { return !order.stage.isFinal }
        let certificate = try CertificateTable(connection: connection, now: now).all("WHERE id = ?", [.integer(number)])
            .first
        let isInForce = certificate.map { $0.status == .active && $0.endIsNear(from: renewableFor) > now } ?? false
        return isInForce || request.createdAt > now - 86_400 && order.stage == .active
    }

    func all(_ clauses: String, _ parameters: [SQLValue], lock: SQLRowLock = .none) throws -> [SubmittedRequest] {
        try connection.query(
            "SELECT \(Self.columns) FROM certificate_requests\(lock.hint) \(clauses)\(lock.clause)", parameters,
            Self.request)
    }

    /// One that is about to be changed.
    func locked(_ id: Int64) throws -> SubmittedRequest {
        guard let request = try all("WHERE id = ?", [.integer(id)], lock: connection.dialect.rowLock).first else {
            throw LedgerError.notPossible("there is no request \(id)")
        }
        return request
    }

    func insert(_ request: SubmittedRequest) throws {
        try connection.execute(
            """
            INSERT INTO certificate_requests (\(Self.columns), requester_name, key_digest) \
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(request.id), .text(request.reference), .text(request.template),
                .text(connection.dialect.cut(request.requester, to: 320)),
                SQLValue(request.requesterID), SQLValue(JSONValue(request.hosts)), .text(request.keyType),
                .blob(request.csr), .text(request.reason.storable), SQLValue(request.state),
                SQLValue(request.decidedBy), SQLValue(request.decidedAt), SQLValue(request.cause),
                SQLValue(request.orderID), SQLValue(request.createdAt),
                .text(folded(request.requester)), .text(RequestedKey(of: request.csr).digest),
            ])
    }

    /// A requester as it is found, whatever case it comes in.
    private func folded(_ requester: String) -> String {
        connection.dialect.cut(connection.dialect.cut(requester, to: 320).folded, to: 320)
    }

    /// Writes what is decided.
    func save(_ request: SubmittedRequest) throws {
        try connection.execute(
            """
            UPDATE certificate_requests SET state = ?, decided_by = ?, decided_at = ?, cause = ?, order_id = ? WHERE id = ?
            """,
            [
                SQLValue(request.state), SQLValue(request.decidedBy?.storable), SQLValue(request.decidedAt),
                SQLValue(request.cause?.storable), SQLValue(request.orderID), .integer(request.id),
            ])
    }

    static func request(_ row: SQLRow) throws -> SubmittedRequest {
        let hosts: JSONValue = try row["hosts"]
        return SubmittedRequest(
            id: try row["id"], reference: try row["reference"], template: try row["template"],
            requester: try row["requester"], requesterID: try row["requester_id"],
            hosts: (hosts.array ?? []).compactMap(\.string), keyType: try row["key_type"], csr: try row["csr"],
            reason: try row["reason"], state: try row["state"], decidedBy: try row["decided_by"],
            decidedAt: try row["decided_at"], cause: try row["cause"], orderID: try row["order_id"],
            createdAt: try row["created_at"])
    }
}
