// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Records
import Store

extension OrderLedger {
    /// Kind of the only event that an adopted order begins with.
    public static let adoptedEvent = "adopted"

    /// Takes certificates that others have ordered as those in use, each with an order that never left: from then on it is renewed,
    /// replaced and revoked like any other. One transaction for all of them; 200 are a good size.
    ///
    /// - Returns: the orders made, by SHA-256 fingerprint; what the ledger knows already, or who has an order by now, is left out.
    /// - Throws: `StoreError`.
    public func adopt(_ found: [AdoptedCertificate]) async throws -> [String: Order] {
        let now = now()
        return try await writeBesideOthers { connection in
            let orders = OrderTable(connection: connection, now: now)
            let certificates = CertificateTable(connection: connection, now: now)
            var earlier = try EarlierOrders(of: found.map(\.order), on: connection)
            let known = try certificates.known(found.map(\.certificate.sha256Fingerprint))
            var made: [String: Order] = [:]
            for one in found where earlier.obstacle(to: one.order) == nil {
                let fingerprint = one.certificate.sha256Fingerprint
                guard !known.contains(fingerprint), made[fingerprint] == nil else { continue }
                let order = try orders.adopt(one, certificates)
                earlier.add(one.order, reference: order.reference)
                made[fingerprint] = order
            }
            return made
        }
    }

    /// Which of these ids of a CA belong to orders of the ledger; an index look-up for some hundred.
    public func knownCARequests(_ ids: [String], backendCA: String) async throws -> Set<String> {
        try await database.read { connection in
            var known: Set<String> = []
            for list in SQLValueList.lists(ids) {
                try connection.forEachRow(
                    "SELECT ca_request_id FROM orders WHERE backend_ca = ? AND ca_request_id IN (\(list.places))",
                    [.text(backendCA)] + list.parameters
                ) { known.insert(try $0[0]) }
            }
            return known
        }
    }

    /// Which of these ids of a CA belong to orders that have left and ended here without a certificate; an index look-up for some
    /// hundred.
    public func endedOrders(caRequestIDs ids: [String], backendCA: String) async throws -> [String: Order] {
        let now = now()
        return try await database.read { connection in
            var ended: [String: Order] = [:]
            for list in SQLValueList.lists(ids) {
                for order in try OrderTable(connection: connection, now: now).all(
                    "WHERE backend_ca = ? AND ca_request_id IN (\(list.places))", [.text(backendCA)] + list.parameters)
                where order.endedUnissued {
                    if let id = order.caRequestID { ended[id] = order }
                }
            }
            return ended
        }
    }

    /// The orders, of whatever CA, that have no certificate and were placed for one of these keys: that certificate is theirs.
    /// Reads the public keys of all orders without a certificate.
    ///
    /// - Parameter keys: SubjectPublicKeyInfo, DER.
    public func ordersWithoutCertificate(forKeys keys: Set<[UInt8]>) async throws -> [[UInt8]: Order] {
        guard !keys.isEmpty else { return [:] }
        let now = now()
        return try await database.read { connection in
            var found: [(key: [UInt8], id: Int64)] = []
            try connection.forEachRow(
                """
                SELECT k.public_key, o.id FROM orders o JOIN order_keys k ON k.order_id = o.id \
                WHERE o.certificate_id IS NULL AND o.attempt > 0
                """, []
            ) { row in
                let key: [UInt8] = try row[0]
                if keys.contains(key) { found.append((key, try row[1])) }
            }
            let table = OrderTable(connection: connection, now: now)
            return Dictionary(
                try found.flatMap { one in
                    try table.all("WHERE id = ?", [.integer(one.id)]).map { (one.key, $0) }
                }, uniquingKeysWith: { $1 })
        }
    }

    /// Which of these certificates the ledger has; an index look-up for some hundred.
    ///
    /// - Parameter fingerprints: SHA-256, in hex.
    public func knownCertificates(_ fingerprints: [String]) async throws -> Set<String> {
        let now = now()
        return try await database.read {
            try CertificateTable(connection: $0, now: now).known(fingerprints)
        }
    }
}

extension CertificateTable {
    fileprivate func known(_ fingerprints: [String]) throws -> Set<String> {
        var known: Set<String> = []
        for list in SQLValueList.lists(fingerprints) {
            try connection.forEachRow(
                "SELECT sha256_fingerprint FROM certificates WHERE sha256_fingerprint IN (\(list.places))",
                list.parameters
            ) { known.insert(try $0[0]) }
        }
        return known
    }
}

extension OrderTable {
    /// Nothing has happened to it before, so it is written as it is to be: nobody is told that a certificate was issued.
    fileprivate func adopt(_ found: AdoptedCertificate, _ certificates: CertificateTable) throws -> Order {
        let new = found.order
        let certificateID = try CertificateTable.ids.take(on: connection)
        let order = Order(
            id: try Self.ids.take(on: connection), reference: OrderReference.random(), template: new.template,
            backendCA: new.backendCA, product: new.product, subscriberID: new.subscriberID,
            userPrincipalName: connection.dialect.cut(new.userPrincipalName, to: 320), names: new.names,
            request: new.request, charged: new.charged, stage: .active, attempt: 0, connection: found.connection,
            caRequestID: found.caRequestID, caIdentifiers: found.caIdentifiers, detail: new.reason,
            cancelRequested: false, failures: 0, certificateID: certificateID, createdAt: now, updatedAt: now,
            eventCount: 1, fence: 0)
        var data: JSONValue = ["serialNumber": .string(found.certificate.serialNumber)]
        if let connector = found.connectorKey { data["connectorKey"] = .string(connector) }
        let event = OrderChange.Event(kind: OrderLedger.adoptedEvent, message: new.reason, data: data)
        try insert([order], [event])
        try certificates.insert([(found.certificate, certificateID, order)])
        try noteStandings(of: [order])
        try AuditTrail.record(order.audited(new), on: connection)
        return order
    }
}
