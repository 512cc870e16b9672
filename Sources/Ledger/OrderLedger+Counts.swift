// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension OrderLedger {
    /// Orders by template and stage; reads the numbers that are kept, however many orders there are.
    public func counts() async throws -> [OrderCount] {
        var counts: [OrderCount] = []
        for (key, all) in Dictionary(
            grouping: try await countsByBackendCA(), by: { OrderCount.Key(template: $0.template, stage: $0.stage) })
        {
            counts.append(
                OrderCount(
                    template: key.template, stage: key.stage, backendCA: nil, count: all.reduce(0) { $0 + $1.count },
                    held: all.reduce(0) { $0 + $1.held }))
        }
        return counts
    }

    /// Orders by template, stage and backend CA; as cheap as `counts`.
    public func countsByBackendCA() async throws -> [OrderCount] {
        try await database.read { connection in
            try LedgerCountTable(connection: connection).all(.order).compactMap { group, number, held in
                OrderStage(rawValue: group.word).map {
                    OrderCount(
                        template: group.template, stage: $0, backendCA: group.backendCA, count: number, held: held)
                }
            }
        }
    }

    /// Certificates by status, template and backend CA; as cheap as `counts`. One whose time is over counts as what it was until
    /// `noteExpiries` has looked.
    public func certificateCounts() async throws -> [CertificateCount] {
        try await database.read { connection in
            try LedgerCountTable(connection: connection).all(.certificate).compactMap { group, number, _ in
                CertificateStatus(rawValue: group.word).map {
                    CertificateCount(
                        template: group.template, backendCA: group.backendCA, status: $0, count: number)
                }
            }
        }
    }

    /// Compares the numbers that are kept with the rows.
    ///
    /// - Returns: a sentence for each number that is wrong; none where all is well.
    public func wrongCounts() async throws -> [String] {
        try await database.read { connection in
            try LedgerCountTable(connection: connection).differences().map { group, number, held in
                "\(group.kind.rawValue)s of template \(group.template) at \(group.backendCA), \(group.word): the number kept is "
                    + "\(number == 0 ? "right" : "wrong by \(-number)")\(held == 0 ? "" : ", of those held wrong by \(-held)")"
            }
        }
    }

    /// Puts the numbers right, and names where an older program that ran beside this one has left none.
    ///
    /// - Returns: how many numbers were wrong.
    @discardableResult
    public func recount() async throws -> Int {
        let newest = try await database.read { try $0.value("SELECT MAX(id) FROM orders", as: Int64?.self) ?? nil } ?? 0
        // What an older program can have left is as young as the upgrade, and the newest rows are the ones it has written.
        for start in stride(from: max(0, newest - Self.looked), to: newest, by: 2000) {
            try await database.write {
                try OrderNameTable(connection: $0).complete(from: start, to: min(start + 2000, newest))
            }
        }
        return try await database.write { try LedgerCountTable(connection: $0).recount() }
    }

    /// Orders that are looked at again for names.
    private static let looked: Int64 = 20_000
}
