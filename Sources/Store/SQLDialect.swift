// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The only place where engines differ. Everything else is SQL that SQLite, MySQL and MariaDB, SQL Server and PostgreSQL
/// read alike: integer ids handed out by `IdentifierSequence`, booleans as 0 and 1, times as whole milliseconds since 1970
/// UTC, parameters as `?`, no RETURNING, no partial index, no engine's own functions.
public struct SQLDialect: Sendable {
    public var name: String
    /// 64-bit integer.
    public var integer: String
    /// Text of at most so many characters, compared byte by byte; the only text that may be in a key or index (MySQL allows
    /// 768 characters in all columns of an index together).
    public var text: @Sendable (_ length: Int) -> String
    /// Text of any length.
    public var longText: String
    /// Bytes of any length.
    public var blob: String
    /// `CREATE TABLE` that does nothing if the table exists; table name and column list.
    public var createIfMissing: @Sendable (_ table: String, _ columns: String) -> String
    /// Insert or update in one statement; table, key columns, other columns; parameters come in that order.
    public var upsert: @Sendable (_ table: String, _ key: [String], _ values: [String]) -> String
    /// The end of an ordered query that takes `limit` rows after the first `offset`.
    public var page: @Sendable (_ limit: Int, _ offset: Int) -> String
    /// Statements that forbid UPDATE and DELETE on a table.
    public var appendOnly: @Sendable (_ table: String) -> [String]
    /// Makes a SELECT lock the rows it reads until the transaction ends, waiting for whoever has one.
    public var rowLock = SQLRowLock.none
    /// The same, passing over rows that somebody has locked.
    public var skippingLock = SQLRowLock.none
    /// The server's time as whole milliseconds since 1970 UTC, an expression; nil where the database has no clock of its own.
    public var now: String?
    /// Whether CREATE and ALTER commit by themselves, and what was written before them.
    public var commitsDefinitions = false
    /// What the lengths of text columns count.
    public var lengthUnit = SQLLengthUnit.scalars
    /// Whether text columns are declared with their bounds in words, because the engine does not look at them by itself.
    public var spellsLengths = false

    public init(
        name: String, integer: String, text: @escaping @Sendable (Int) -> String, longText: String, blob: String,
        createIfMissing: @escaping @Sendable (String, String) -> String,
        upsert: @escaping @Sendable (String, [String], [String]) -> String,
        page: @escaping @Sendable (Int, Int) -> String, appendOnly: @escaping @Sendable (String) -> [String]
    ) {
        self.name = name
        self.integer = integer
        self.text = text
        self.longText = longText
        self.blob = blob
        self.createIfMissing = createIfMissing
        self.upsert = upsert
        self.page = page
        self.appendOnly = appendOnly
    }
}

extension SQLDialect {
    /// A text column of at most so many characters, its name in front. The bound holds on every engine: what is too long for
    /// one is refused by all.
    public func column(_ name: String, _ length: Int) -> String {
        "\(name) \(text(length))" + (spellsLengths ? " CHECK (length(\(name)) <= \(length))" : "")
    }

    /// The beginning of a text that fits a text column of this length, as every engine stores it.
    public func cut(_ text: String, to length: Int) -> String { lengthUnit.cut(text.storable, to: length) }

    public static let sqlite: SQLDialect = {
        var dialect = bareSQLite
        dialect.spellsLengths = true
        return dialect
    }()

    private static let bareSQLite = SQLDialect(
        name: "sqlite", integer: "INTEGER", text: { "VARCHAR(\($0))" }, longText: "TEXT", blob: "BLOB",
        createIfMissing: { "CREATE TABLE IF NOT EXISTS \($0) (\($1))" },
        upsert: { table, key, values in
            let columns = key + values
            return """
                INSERT INTO \(table) (\(columns.joined(separator: ", "))) \
                VALUES (\(columns.map { _ in "?" }.joined(separator: ", "))) \
                ON CONFLICT (\(key.joined(separator: ", "))) \
                DO UPDATE SET \(values.map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
                """
        },
        page: { "LIMIT \($0) OFFSET \($1)" },
        appendOnly: { table in
            ["UPDATE", "DELETE"].map { action in
                """
                CREATE TRIGGER \(table)_no_\(action.lowercased()) BEFORE \(action) ON \(table) \
                BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END
                """
            }
        })
}
