// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A list in the database: how it can be sorted, and how a page of it is read. The one way in which lists are paged.
public struct SQLList: Sendable {
    /// A sort key and the columns it sorts by, which are never null.
    public typealias Key = (name: String, columns: [String])

    private let source: String
    private let parameters: [SQLValue]
    private let keys: [Key]
    private let identity: [String]
    private let standard: ListSort
    private let isComputed: Bool
    private let narrowing: [String: [String]]

    /// - Parameters:
    ///   - source: what stands behind FROM: a table, or a query in parentheses with its name.
    ///   - parameters: those of that query.
    ///   - keys: what it can be sorted by.
    ///   - identity: columns in which no two rows are the same; they decide among equal ones.
    ///   - standard: the order when nobody asks for one.
    ///   - isComputed: whether no index has the rows in these orders, so that each question works all of them out.
    ///   - narrowing: by sort key, columns in front of which an index has the rows in that order. Of rows in which such a column has one
    ///     of several values, those with each value are read by themselves: an engine that reads them together sorts all there are, or
    ///     looks through all others.
    public init(
        _ source: String, _ parameters: [SQLValue] = [], keys: [Key], identity: [String], standard: ListSort,
        isComputed: Bool = false, narrowing: [String: [String]] = [:]
    ) {
        self.isComputed = isComputed
        self.narrowing = narrowing
        self.source = source
        self.parameters = parameters
        self.keys = keys
        self.identity = identity
        self.standard = standard
    }

    /// What a person may ask for.
    public var sorting: ListSorting { ListSorting(keys: keys.map(\.name), standard: standard) }

    /// One page. The rows are counted for the first page only, the cursor carries the number on.
    ///
    /// - Throws: `ListError`, `StoreError`.
    public func page<Item: Sendable>(
        _ request: ListRequest, _ conditions: SQLConditions, on connection: any SQLConnection,
        _ make: ([SQLRow]) throws -> [Item]
    ) throws -> ListPage<Item> {
        let sort = request.after?.sort ?? request.sort ?? standard
        guard let key = keys.first(where: { $0.name == sort.key }) else {
            throw ListError.unknownKey(sort.key, known: keys.map(\.name))
        }
        let columns = key.columns + identity.filter { !key.columns.contains($0) }
        let rows = try rows(request, conditions, columns, sort, on: connection)
        let shown = Array(rows.prefix(request.limit))
        let skipped = request.after?.shown ?? 0
        let hasMore = rows.count > shown.count
        var matches = ListMatches(skipped + shown.count)
        if let after = request.after {
            matches = after.matches.atLeast(matches.count + (hasMore ? 1 : 0))
        } else if hasMore {
            matches = try count(conditions, to: request.countingTo, columns, sort, on: connection)
                .atLeast(matches.count + 1)
        }
        var next: ListCursor?
        if hasMore, let last = shown.last {
            let values = try columns.indices.map { try last["list_place_\($0)"] as SQLValue }
            next = ListCursor(sort: sort, shown: skipped + shown.count, matches: matches, values: values)
        }
        return ListPage(try make(shown), matches: matches, skipped: skipped, next: next)
    }

    /// The rows of a page, and one more where there is one.
    private func rows(
        _ request: ListRequest, _ conditions: SQLConditions, _ columns: [String], _ sort: ListSort,
        on connection: any SQLConnection
    ) throws -> [SQLRow] {
        let limit = request.limit == .max ? request.limit : request.limit + 1
        func read(_ conditions: SQLConditions, _ limit: Int) throws -> [SQLRow] {
            let question = question("listed.*, ", conditions, columns, sort, to: limit, on: connection.dialect)
            return try connection.query(question.sql, question.parameters)
        }
        guard let after = request.after else { return try read(conditions, limit) }
        guard after.values.count == columns.count else { throw ListError.otherList }
        var own = conditions
        if isComputed {
            own.add(columns, after.values, isDescending: sort.isDescending)
            return try read(own, limit)
        }
        // Rows that are the same in all columns but the last, then in all but the last two, and so on: each reads one range of an
        // index, which no engine makes of the alternatives together.
        var rows: [SQLRow] = []
        for level in columns.indices.reversed() where rows.count < limit {
            own = conditions
            for same in columns.indices.prefix(level) { own.add("\(columns[same]) = ?", after.values[same]) }
            own.add("\(columns[level]) \(sort.isDescending ? "<" : ">") ?", after.values[level])
            rows += try read(own, limit == .max ? limit : limit - rows.count)
        }
        return rows
    }

    /// The first rows in an order, with what they are sorted by as `list_place_0` and so on.
    private func question(
        _ fields: String, _ conditions: SQLConditions, _ columns: [String], _ sort: ListSort, to limit: Int,
        on dialect: SQLDialect
    ) -> (sql: String, parameters: [SQLValue]) {
        let places = columns.indices.map { "list_place_\($0)" }
        func end(_ columns: [String]) -> String {
            let order = columns.map { sort.isDescending ? "\($0) DESC" : $0 }.joined(separator: ", ")
            return "ORDER BY \(order) \(dialect.page(limit, 0))"
        }
        let named = zip(columns, places).map { "\($0) AS \($1)" }.joined(separator: ", ")
        let parts = limit == .max ? [conditions] : conditions.apart(by: narrowing[sort.key] ?? [])
        let questions = parts.map { "SELECT \(fields)\(named) FROM \(source) listed \($0.clause) \(end(columns))" }
        let values = parts.flatMap { parameters + $0.parameters }
        guard questions.count > 1 else { return (questions[0], values) }
        let all = questions.enumerated().map { "SELECT * FROM (\($0.element)) part_\($0.offset)" }
        return ("SELECT * FROM (\(all.joined(separator: " UNION ALL "))) listed \(end(places))", values)
    }

    /// How many rows there are, as far as somebody wants to know.
    private func count(
        _ conditions: SQLConditions, to limit: Int, _ columns: [String], _ sort: ListSort,
        on connection: any SQLConnection
    ) throws -> ListMatches {
        if limit == .max {
            let all = "SELECT COUNT(*) FROM \(source) listed \(conditions.clause)"
            return ListMatches(try connection.value(all, parameters + conditions.parameters) ?? 0)
        }
        // In the order of the page, for the way there has just been found; SQL Server takes no limit without an order.
        let found = question("", conditions, columns, sort, to: limit + 1, on: connection.dialect)
        let count: Int = try connection.value("SELECT COUNT(*) FROM (\(found.sql)) counted", found.parameters) ?? 0
        return count > limit ? ListMatches(limit, exact: false) : ListMatches(count)
    }
}

extension SQLConditions {
    /// What stands behind a row in the order of these columns: written out, because not every engine compares rows.
    fileprivate mutating func add(_ columns: [String], _ values: [SQLValue], isDescending: Bool) {
        var condition = ""
        var parameters: [SQLValue] = []
        let sign = isDescending ? "<" : ">"
        for index in columns.indices.reversed() {
            let (column, value) = (columns[index], values[index])
            if condition.isEmpty {
                (condition, parameters) = ("\(column) \(sign) ?", [value])
            } else {
                condition = "(\(column) \(sign) ? OR (\(column) = ? AND \(condition)))"
                parameters = [value, value] + parameters
            }
        }
        add(condition, all: parameters)
    }
}

extension SQLValue: SQLRepresentable {
    public var sqlValue: SQLValue { self }
    public init?(sqlValue: SQLValue) { self = sqlValue }
}
