// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// What the objects of a page need beside themselves: a question or two for all of them.
extension OrderLedger {
    /// Orders by their numbers; those that there are not are left out.
    public func orders(ids: [Int64]) async throws -> [Int64: Order] {
        let now = now()
        let ids = Set(ids).sorted()
        return try await database.read { connection in
            let table = OrderTable(connection: connection, now: now)
            var found: [Int64: Order] = [:]
            for list in SQLValueList.lists(ids) {
                for order in try table.all("WHERE id IN (\(list.places))", list.parameters) { found[order.id] = order }
            }
            return found
        }
    }

    /// Certificates by their numbers; those that there are not are left out.
    public func certificates(ids: [Int64]) async throws -> [CertificateRecord] {
        let now = now()
        let ids = Set(ids).sorted()
        return try await database.read { connection in
            let table = CertificateTable(connection: connection, now: now)
            var found: [CertificateRecord] = []
            for list in SQLValueList.lists(ids) {
                found += try table.all("WHERE id IN (\(list.places)) ORDER BY id", list.parameters)
            }
            return found
        }
    }

    /// Which of these certificates have their key in the archive.
    public func archivedCertificates(among ids: [Int64]) async throws -> Set<Int64> {
        let ids = Set(ids).sorted()
        return try await database.read { connection in
            var found: Set<Int64> = []
            for list in SQLValueList.lists(ids) {
                try connection.forEachRow(
                    "SELECT certificate_id FROM archived_keys WHERE certificate_id IN (\(list.places))", list.parameters
                ) { found.insert(try $0[0]) }
            }
            return found
        }
    }

    /// What stands against another order in the place of each of these ended ones: a newer one, by the number of the ended one. Two
    /// index look-ups each.
    public func ordersInTheWay(of ended: [Order]) async throws -> [Int64: LedgerError] {
        guard !ended.isEmpty else { return [:] }
        let now = now()
        return try await database.read { connection in
            let table = OrderTable(connection: connection, now: now)
            var found: [Int64: LedgerError] = [:]
            for order in ended {
                found[order.id] = try table.obstacle(order.template, order.subscriberID, replacing: order.replaces)
            }
            return found
        }
    }
}
