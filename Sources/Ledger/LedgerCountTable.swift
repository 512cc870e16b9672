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
            let change = Change(orders.count, held: orders.count(where: \.isHeld))
            try add([group: change], shard: orders[0].id % Self.shards)
        }
    }

    /// Orders that have gone on.
    func move(_ saves: [OrderSave]) throws {
        var changes: [Group: Change] = [:]
        for save in saves {
            changes[Self.group(save.before), default: Change()] -= Change(1, held: save.before.isHeld ? 1 : 0)
            changes[Self.group(save.after), default: Change()] += Change(1, held: save.after.isHeld ? 1 : 0)
        }
        // All of them in one of the rows, whichever: only the sum counts.
        try add(changes, shard: saves[0].after.id % Self.shards)
    }

    /// New certificates in use, with their ids.
    func add(_ certificates: [(id: Int64, template: String, backendCA: String)]) throws {
        guard let first = certificates.first else { return }
        let changes = certificates.map { (Self.group($0.template, $0.backendCA, .active), Change(1, held: 0)) }
        try add(Dictionary(changes, uniquingKeysWith: +), shard: first.id % Self.shards)
    }

    /// A certificate that has another status.
    func move(
        certificate id: Int64, _ template: String, _ backendCA: String, from before: CertificateStatus,
        to after: CertificateStatus
    ) throws {
        guard before != after else { return }
        try add(
            [
                Self.group(template, backendCA, before): Change(-1, held: 0),
                Self.group(template, backendCA, after): Change(1, held: 0),
            ], shard: id % Self.shards)
    }

    private static func group(_ template: String, _ backendCA: String, _ status: CertificateStatus) -> Group {
        Group(kind: .certificate, template: template, backendCA: backendCA, word: status.rawValue)
    }

    /// By how much a number grows.
    private struct Change: Equatable {
        var number = 0
        var held = 0

        init(_ number: Int = 0, held: Int = 0) { (self.number, self.held) = (number, held) }

        static func + (one: Self, other: Self) -> Self { Self(one.number + other.number, held: one.held + other.held) }
        static func += (one: inout Self, other: Self) { one = one + other }
        static func -= (one: inout Self, other: Self) { one = one + Self(-other.number, held: -other.held) }
    }

    /// The words of a template and backend CA with one statement: on a server its way there and back is what it costs.
    private func add(_ changes: [Group: Change], shard: Int64) throws {
        let real = changes.filter { $0.value != Change() }
        let places = Dictionary(grouping: real.keys) { [$0.kind.rawValue, $0.template, $0.backendCA] }
        // In the order of their keys, so that two who change several do not wait for each other.
        for (_, groups) in places.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let groups = groups.sorted { $0.word < $1.word }
            // As many as a power of two, so that there are few texts; what fills them up adds nothing.
            let steps =
                SQLValueList.filled(groups.map { ($0.word, real[$0] ?? Change()) }).enumerated().map { index, step in
                    index < groups.count ? step : (step.0, Change())
                }
            func sum(_ column: String) -> String {
                steps.reduce(column) { sum, _ in "\(sum) + CASE word WHEN ? THEN 1 ELSE 0 END * ?" }
            }
            try connection.execute(
                """
                UPDATE ledger_counts SET number = \(sum("number")), held = \(sum("held")) \
                WHERE kind = ? AND template = ? AND backend_ca = ? \
                AND word IN (\(steps.map { _ in "?" }.joined(separator: ", "))) AND shard = ?
                """,
                steps.flatMap { [.text($0.0), SQLValue($0.1.number)] }
                    + steps.flatMap { [.text($0.0), SQLValue($0.1.held)] }
                    + [SQLValue(groups[0].kind), .text(groups[0].template), .text(groups[0].backendCA)]
                    + steps.map { .text($0.0) } + [.integer(shard)])
        }
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
            try add([group: Change(number, held: held)], shard: 0)
        }
        return differences.count
    }
}
