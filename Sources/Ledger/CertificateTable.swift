// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Store

/// The tables `certificates` and `ca_certificates`.
struct CertificateTable {
    let connection: any SQLConnection
    let now: Date
    var issuers: KnownIssuers?

    static let columns = """
        id, order_id, template, backend_ca, subscriber_id, user_principal_name, der, chain_ids, serial_number, issuer, subject, \
        sha1_fingerprint, sha256_fingerprint, not_before, not_after, email_addresses, status, created_at
        """

    static let ids = IdentifierSequence("certificates")
    static let caIDs = IdentifierSequence("ca_certificates")

    func set(_ status: CertificateStatus, of id: Int64) throws {
        let lock = connection.dialect.rowLock
        let before = try connection.query(
            "SELECT template, backend_ca, status FROM certificates\(lock.hint) WHERE id = ?\(lock.clause)",
            [.integer(id)]
        ) { (template: try $0[0] as String, backendCA: try $0[1] as String, status: try $0[2] as CertificateStatus) }
        .first
        guard let before, before.status != status else { return }
        try connection.execute("UPDATE certificates SET status = ? WHERE id = ?", [SQLValue(status), .integer(id)])
        try LedgerCountTable(connection: connection).move(
            certificate: id, before.template, before.backendCA, from: before.status, to: status)
    }

    func serialNumber(of id: Int64) throws -> String {
        try connection.value("SELECT serial_number FROM certificates WHERE id = ?", [.integer(id)]) ?? "\(id)"
    }

    func status(of id: Int64) throws -> CertificateStatus? {
        try connection.value("SELECT status FROM certificates WHERE id = ?", [.integer(id)])
    }

    /// The same certificate, where the order has it already, so that a step can be repeated; nil where it is new.
    func known(_ new: NewCertificate, of order: Order) throws -> Int64? {
        let known = try connection.query(
            "SELECT id, order_id FROM certificates WHERE sha256_fingerprint = ?", [.text(new.sha256Fingerprint)]
        ) { (id: try $0["id"] as Int64, orderID: try $0["order_id"] as Int64) }.first
        if let known {
            guard known.orderID == order.id else {
                throw LedgerError.notPossible(
                    "the CA answered order \(order.reference) with the certificate \(new.serialNumber) of order "
                        + "\(try OrderTable(connection: connection, now: now).reference(of: known.orderID))")
            }
            return known.id
        }
        return nil
    }

    /// Stores new certificates of orders.
    func insert(_ certificates: [(new: NewCertificate, id: Int64, order: Order)]) throws {
        var made: Set<Int64> = []
        let columns = Self.columns.components(separatedBy: ", ") + ["search_name", "search_addresses"]
        try connection.insert(
            into: "certificates", columns,
            rows: try certificates.map { new, id, order in
                [
                    .integer(id), .integer(order.id), .text(order.template), .text(order.backendCA),
                    .text(order.subscriberID), .text(order.userPrincipalName.storable), .blob(new.der),
                    .text(try chainIDs(new.chain, &made).map(String.init).joined(separator: ",")),
                    .text(new.serialNumber), .text(new.issuer.storable), .text(new.subject.storable),
                    .text(new.sha1Fingerprint),
                    .text(new.sha256Fingerprint), SQLValue(new.notBefore), SQLValue(new.notAfter),
                    SQLValue(JSONValue(new.emailAddresses)), SQLValue(CertificateStatus.active), SQLValue(now),
                    .text(order.userPrincipalName.storable.folded), .text(JSONValue(new.emailAddresses).text.folded),
                ]
            })
        for (new, _, order) in certificates {
            try OrderNameTable(connection: connection).add(new.emailAddresses, of: order)
        }
        try LedgerCountTable(connection: connection).add(
            certificates.map { ($0.id, $0.order.template, $0.order.backendCA) })
    }

    func all(_ clauses: String, _ parameters: [SQLValue]) throws -> [CertificateRecord] {
        try records(connection.query("SELECT \(Self.columns) FROM certificates \(clauses)", parameters))
    }

    func records(_ rows: [SQLRow]) throws -> [CertificateRecord] {
        var chains: [String: [[UInt8]]] = [:]
        return try rows.map { row in
            let chainIDs: String = try row["chain_ids"]
            let chain = try chains[chainIDs] ?? chain(chainIDs)
            chains[chainIDs] = chain
            let emailAddresses: JSONValue = try row["email_addresses"]
            return CertificateRecord(
                id: try row["id"], orderID: try row["order_id"], template: try row["template"],
                backendCA: try row["backend_ca"], subscriberID: try row["subscriber_id"],
                userPrincipalName: try row["user_principal_name"], der: try row["der"], chain: chain,
                serialNumber: try row["serial_number"], issuer: try row["issuer"], subject: try row["subject"],
                sha1Fingerprint: try row["sha1_fingerprint"], sha256Fingerprint: try row["sha256_fingerprint"],
                notBefore: try row["not_before"], notAfter: try row["not_after"],
                emailAddresses: (emailAddresses.array ?? []).compactMap(\.string), status: try row["status"],
                createdAt: try row["created_at"])
        }
    }

    /// The certificate with this serial number or fingerprint; each part of it reads an index.
    static func number(_ number: TypedNumber?) -> (condition: String, parameters: [SQLValue]) {
        guard let number else { return ("1 = 0", []) }
        let texts = number.serialNumbers + [number.fingerprint(length: 40), number.fingerprint(length: 64)]
        return (
            "serial_number IN (?, ?) OR sha1_fingerprint = ? OR sha256_fingerprint = ?", texts.map(SQLValue.text)
        )
    }

    /// Questions for the ids, as `found_id`, of certificates that a text means: a name of theirs begins so, or it is their order's
    /// reference or its beginning, the CA's id of the order, a subscriber's id, or a serial number or fingerprint; of a serial number
    /// six digits are enough.
    static func found(by text: String) -> [(sql: String, parameters: [SQLValue])] {
        let name = OrderNameTable.beginning(with: text)
        let start = "SELECT c.id AS found_id FROM certificates c"
        var questions = [("\(start) JOIN (\(name.sql)) n ON n.found_id = c.order_id", name.parameters)]
        for (condition, parameters) in OrderTable.identities(text) {
            questions.append(("\(start) JOIN orders o ON o.id = c.order_id WHERE \(condition)", parameters))
        }
        return questions + (TypedNumber(text).map { found(by: $0, isWhole: false) } ?? [])
    }

    /// Questions for those with this number.
    ///
    /// - Parameter isWhole: otherwise also those whose serial number begins so.
    static func found(by number: TypedNumber, isWhole: Bool) -> [(sql: String, parameters: [SQLValue])] {
        let start = "SELECT c.id AS found_id FROM certificates c"
        var questions = [("\(start) WHERE c.serial_number IN (?, ?)", number.serialNumbers.map(SQLValue.text))]
        for (column, length) in [("sha1_fingerprint", 40), ("sha256_fingerprint", 64)] {
            questions.append(("\(start) WHERE c.\(column) = ?", [.text(number.fingerprint(length: length))]))
        }
        guard !isWhole, number.digits.utf8.count >= 6 else { return questions }
        for serial in number.serialNumbers {
            let range = TypedWord.range(serial).map(SQLValue.text)
            questions.append(("\(start) WHERE c.serial_number >= ? AND c.serial_number < ?", range))
        }
        return questions
    }

    /// All certificates of a CA have the same few issuers above them, so each of those is stored once.
    ///
    /// - Parameter made: those that this transaction has stored; it may still be undone.
    private func chainIDs(_ chain: [[UInt8]], _ made: inout Set<Int64>) throws -> [Int64] {
        try chain.map { der in
            if let id = issuers?[der] { return id }
            let (id, isNew) = try caCertificateID(der)
            if isNew { made.insert(id) }
            if !made.contains(id) { issuers?.note(id, of: der) }
            return id
        }
    }

    private func caCertificateID(_ der: [UInt8]) throws -> (id: Int64, isNew: Bool) {
        let known = try connection.query(
            "SELECT id, der FROM ca_certificates WHERE byte_count = ?", [SQLValue(der.count)]
        ) { (id: try $0["id"] as Int64, der: try $0["der"] as [UInt8]) }
        if let same = known.first(where: { $0.der == der }) { return (same.id, false) }
        let id = try Self.caIDs.take(on: connection)
        try connection.execute(
            "INSERT INTO ca_certificates (id, byte_count, der) VALUES (?, ?, ?)",
            [.integer(id), SQLValue(der.count), .blob(der)])
        return (id, true)
    }

    private func chain(_ ids: String) throws -> [[UInt8]] {
        try ids.split(separator: ",").compactMap { Int64($0) }.compactMap { id in
            try connection.value("SELECT der FROM ca_certificates WHERE id = ?", [.integer(id)])
        }
    }
}
