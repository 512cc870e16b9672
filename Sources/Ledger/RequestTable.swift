// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
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

    static let columns = """
        id, reference, template, requester, requester_id, hosts, key_type, csr, reason, state, decided_by, decided_at, cause, \
        order_id, created_at
        """

    static let list = SQLList(
        "(SELECT \(columns), requester_name FROM certificate_requests)",
        keys: [
            ("number", ["id"]), ("requester", ["requester_name"]), ("template", ["template"]), ("state", ["state"]),
        ], identity: ["id"], standard: ListSort("number", isDescending: true))

    /// Follows from the request and from how often it is on record: a database that was put back gives it the reference that it had before,
    /// and with it its order, so that the CA is asked whether it has that already.
    func newReference(for new: NewRequest) throws -> String {
        let secret = try OrderReference.secret(on: connection) ?? OrderReference.random()
        let content = "\(new.template)|\(DigestAlgorithm.sha256.digest(new.csr).hex)"
        var number = 0
        while true {
            let reference = "rq-" + OrderReference.word(12, from: "\(content)|\(number)", secret: secret)
            let isTaken = try connection.value(
                "SELECT COUNT(*) FROM certificate_requests WHERE reference = ?", [.text(reference)], as: Int.self)
            guard let isTaken, isTaken > 0 else { return reference }
            number += 1
        }
    }

    /// The same request, where it waits, its order is under way, it was ordered within a day, or its certificate is in force and does not
    /// end soon: one key has one certificate, whoever hands it in and however often.
    func sent(_ new: NewRequest, at now: Date) throws -> SubmittedRequest? {
        try all(
            "WHERE template = ? AND csr = ? AND state IN (?, ?)",
            [
                .text(new.template), .blob(new.csr), SQLValue(SubmittedRequest.State.waiting),
                SQLValue(SubmittedRequest.State.ordered),
            ]
        ).first { try $0.state == .waiting || stands($0, until: now + new.renewableFor, at: now) }
    }

    /// Whether nothing is to be ordered for what was ordered already.
    private func stands(_ request: SubmittedRequest, until date: Date, at now: Date) throws -> Bool {
        guard let id = request.orderID,
            let order = try OrderTable(connection: connection, now: now).first(where: "id = ?", [.integer(id)])
        else { return false }
        guard let certificate = order.certificateID else { return !order.stage.isFinal }
        let isOver =
            try connection.value(
                "SELECT COUNT(*) FROM certificates WHERE id = ? AND (status <> ? OR not_after <= ?)",
                [.integer(certificate), SQLValue(CertificateStatus.active), SQLValue(date)], as: Int.self) ?? 0 > 0
        return !isOver || request.createdAt > now - 86_400 && order.stage == .active
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
        let name = connection.dialect.cut(request.requester, to: 320)
        try connection.execute(
            """
            INSERT INTO certificate_requests (\(Self.columns), requester_name) \
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(request.id), .text(request.reference), .text(request.template), .text(name),
                SQLValue(request.requesterID), SQLValue(JSONValue(request.hosts)), .text(request.keyType),
                .blob(request.csr), .text(request.reason.storable), SQLValue(request.state),
                SQLValue(request.decidedBy), SQLValue(request.decidedAt), SQLValue(request.cause),
                SQLValue(request.orderID), SQLValue(request.createdAt),
                .text(connection.dialect.cut(name.folded, to: 320)),
            ])
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
