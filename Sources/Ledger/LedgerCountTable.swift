// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// The table `ledger_counts`: how many orders are in a stage, and certificates of a status, by template and backend CA, kept by the
/// transactions that change them, so that a number costs no look at a million rows.
///
/// Each number is the sum of several rows: those who write at the same time mostly meet different ones and do not wait for each other.
/// The rows are made with the first order of a template and backend CA, so that nobody has to find out that one is missing.
struct LedgerCountTable {
    enum Kind: String, SQLRepresentable {
        case order, certificate

        /// Every word that is counted.
        var words: [String] {
            switch self {
            case .order: OrderStage.allCases.map(\.rawValue)
            case .certificate: CertificateStatus.allCases.map(\.rawValue)
            }
        }

        /// Counts the rows themselves.
        var question: String {
            switch self {
            case .order:
                """
                SELECT template, backend_ca, stage AS word, COUNT(*) AS number, COUNT(CASE WHEN held = 1 THEN 1 END) AS held \
                FROM orders GROUP BY template, backend_ca, stage
                """
            case .certificate:
                """
                SELECT template, backend_ca, status AS word, COUNT(*) AS number, 0 AS held FROM certificates \
                GROUP BY template, backend_ca, status
                """
            }
        }
    }

    /// What is counted together.
    struct Group: Hashable {
        var kind: Kind
        var template: String
        var backendCA: String
        var word: String
    }

    private static let shards: Int64 = 8

    let connection: any SQLConnection

    static let migration = Migration(
        "ledger-20-counts",
        fill: { connection, last in
            guard last == 0 else { return nil }
            let table = LedgerCountTable(connection: connection)
            let pairs = try connection.query("SELECT DISTINCT template, backend_ca FROM orders") {
                (template: try $0[0] as String, backendCA: try $0[1] as String)
            }
            for pair in pairs { try table.prepare(pair.template, pair.backendCA) }
            try table.recount()
            return 1
        }
    ) { sql in
        [
            """
            CREATE TABLE ledger_counts (
                \(sql.column("kind", 20)) NOT NULL, \(sql.column("template", 100)) NOT NULL,
                \(sql.column("backend_ca", 100)) NOT NULL, \(sql.column("word", 20)) NOT NULL,
                shard \(sql.integer) NOT NULL, number \(sql.integer) NOT NULL, held \(sql.integer) NOT NULL,
                PRIMARY KEY (kind, template, backend_ca, word, shard))
            """
        ]
    }

    /// Makes the rows of a template and backend CA that are not there.
    func prepare(_ template: String, _ backendCA: String) throws {
        let known: Int? = try connection.value(
            "SELECT COUNT(*) FROM ledger_counts WHERE kind = ? AND template = ? AND backend_ca = ?",
            [SQLValue(Kind.order), .text(template), .text(backendCA)])
        guard known == 0 else { return }
        let rows = [Kind.order, .certificate].flatMap { kind in
            kind.words.flatMap { word in
                (0..<Self.shards).map { shard -> [SQLValue] in
                    [SQLValue(kind), .text(template), .text(backendCA), .text(word), .integer(shard), 0, 0]
                }
            }
        }
        try connection.insert(
            into: "ledger_counts", ["kind", "template", "backend_ca", "word", "shard", "number", "held"], rows: rows)
    }

    /// New orders, all in one stage.
    func add(_ orders: [Order]) throws {
        for (group, orders) in Dictionary(grouping: orders, by: { Self.group($0) }) {
            try prepare(group.template, group.backendCA)
            // All of them in one of the rows, whichever: only the sum counts.
            try add(orders.count, held: orders.count(where: \.isHeld), to: group, shard: orders[0].id % Self.shards)
        }
    }

    /// An order that has gone on.
    func move(_ before: Order, to after: Order) throws {
        guard before.stage != after.stage || before.isHeld != after.isHeld else { return }
        let shard = after.id % Self.shards
        guard before.stage != after.stage else {
            return try add(0, held: after.isHeld ? 1 : -1, to: Self.group(after), shard: shard)
        }
        try move(
            from: Self.group(before), to: Self.group(after), shard: shard,
            held: (before.isHeld ? 1 : 0, after.isHeld ? 1 : 0))
    }

    /// A certificate that is new, or has another status.
    ///
    /// - Parameter before: nil for a new one.
    func move(
        certificate id: Int64, _ template: String, _ backendCA: String, from before: CertificateStatus?,
        to after: CertificateStatus
    ) throws {
        func group(_ status: CertificateStatus) -> Group {
            Group(kind: .certificate, template: template, backendCA: backendCA, word: status.rawValue)
        }
        let shard = id % Self.shards
        guard let before else { return try add(1, held: 0, to: group(after), shard: shard) }
        guard before != after else { return }
        try move(from: group(before), to: group(after), shard: shard, held: (0, 0))
    }

    /// One from one word to another, with one statement: on a server its way there and back is what it costs.
    private func move(from before: Group, to after: Group, shard: Int64, held: (before: Int, after: Int)) throws {
        try connection.execute(
            """
            UPDATE ledger_counts SET number = number + CASE word WHEN ? THEN 1 ELSE -1 END, \
            held = held + CASE word WHEN ? THEN \(held.after) ELSE \(-held.before) END \
            WHERE kind = ? AND template = ? AND backend_ca = ? AND word IN (?, ?) AND shard = ?
            """,
            [
                .text(after.word), .text(after.word), SQLValue(after.kind), .text(after.template),
                .text(after.backendCA), .text(before.word), .text(after.word), .integer(shard),
            ])
    }

    private func add(_ number: Int, held: Int, to group: Group, shard: Int64) throws {
        try connection.execute(
            """
            UPDATE ledger_counts SET number = number + ?, held = held + ? \
            WHERE kind = ? AND template = ? AND backend_ca = ? AND word = ? AND shard = ?
            """,
            [
                SQLValue(number), SQLValue(held), SQLValue(group.kind), .text(group.template), .text(group.backendCA),
                .text(group.word), .integer(shard),
            ])
    }

    private static func group(_ order: Order) -> Group {
        Group(kind: .order, template: order.template, backendCA: order.backendCA, word: order.stage.rawValue)
    }

    /// Every number that is not 0.
    func all(_ kind: Kind) throws -> [(group: Group, number: Int, held: Int)] {
        try connection.query(
            """
            SELECT template, backend_ca, word, SUM(number) AS number, SUM(held) AS held FROM ledger_counts \
            WHERE kind = ? GROUP BY template, backend_ca, word HAVING SUM(number) <> 0 OR SUM(held) <> 0
            """, [SQLValue(kind)]
        ) { row in
            (
                Group(
                    kind: kind, template: try row["template"], backendCA: try row["backend_ca"], word: try row["word"]),
                try row["number"], try row["held"]
            )
        }
    }

    /// What the rows count more, or fewer, than the numbers say, in one question, which sees both at the same moment. Reads an index of
    /// all orders and certificates.
    func differences() throws -> [(group: Group, number: Int, held: Int)] {
        try [Kind.order, .certificate].flatMap { kind in
            try connection.query(
                """
                SELECT template, backend_ca, word, SUM(number) AS number, SUM(held) AS held FROM (\(kind.question) UNION ALL \
                SELECT template, backend_ca, word, -number AS number, -held AS held FROM ledger_counts WHERE kind = ?) both_sides \
                GROUP BY template, backend_ca, word HAVING SUM(number) <> 0 OR SUM(held) <> 0
                """, [SQLValue(kind)]
            ) { row in
                let group = Group(
                    kind: kind, template: try row["template"], backendCA: try row["backend_ca"], word: try row["word"])
                return (group, try row["number"] as Int, try row["held"] as Int)
            }
        }
    }

    /// Adds what the numbers lack. Others may write meanwhile: what they change is in both or in neither.
    ///
    /// - Returns: how many numbers were wrong.
    @discardableResult
    func recount() throws -> Int {
        let differences = try differences()
        for (group, number, held) in differences {
            try prepare(group.template, group.backendCA)
            try add(number, held: held, to: group, shard: 0)
        }
        return differences.count
    }
}
