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

    /// - Parameters:
    ///   - source: what stands behind FROM: a table, or a query in parentheses with its name.
    ///   - parameters: those of that query.
    ///   - keys: what it can be sorted by.
    ///   - identity: columns in which no two rows are the same; they decide among equal ones.
    ///   - standard: the order when nobody asks for one.
    ///   - isComputed: whether no index has the rows in these orders, so that each question works all of them out.
    public init(
        _ source: String, _ parameters: [SQLValue] = [], keys: [Key], identity: [String], standard: ListSort,
        isComputed: Bool = false
    ) {
        self.isComputed = isComputed
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
        let order = columns.map { sort.isDescending ? "\($0) DESC" : $0 }.joined(separator: ", ")
        let rows = try rows(request, conditions, columns, order, sort, on: connection)
        let shown = Array(rows.prefix(request.limit))
        let skipped = request.after?.shown ?? 0
        let hasMore = rows.count > shown.count
        var matches = ListMatches(skipped + shown.count)
        if let after = request.after {
            matches = after.matches.atLeast(matches.count + (hasMore ? 1 : 0))
        } else if hasMore {
            matches = try count(conditions, to: request.countingTo, order, on: connection).atLeast(matches.count + 1)
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
        _ request: ListRequest, _ conditions: SQLConditions, _ columns: [String], _ order: String, _ sort: ListSort,
        on connection: any SQLConnection
    ) throws -> [SQLRow] {
        let places = columns.indices.map { "\(columns[$0]) AS list_place_\($0)" }.joined(separator: ", ")
        let limit = request.limit == .max ? request.limit : request.limit + 1
        func read(_ conditions: SQLConditions, _ limit: Int) throws -> [SQLRow] {
            try connection.query(
                "SELECT listed.*, \(places) FROM \(source) listed \(conditions.clause) ORDER BY \(order) "
                    + connection.dialect.page(limit, 0), parameters + conditions.parameters)
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

    /// How many rows there are, as far as somebody wants to know.
    private func count(
        _ conditions: SQLConditions, to limit: Int, _ order: String, on connection: any SQLConnection
    ) throws -> ListMatches {
        let all = "FROM \(source) listed \(conditions.clause)"
        // In the order of the page, for the way there has just been found; SQL Server takes no limit without an order.
        let counted =
            limit == .max
            ? "SELECT COUNT(*) \(all)"
            : "SELECT COUNT(*) FROM (SELECT 1 AS found \(all) ORDER BY \(order) \(connection.dialect.page(limit + 1, 0))) counted"
        let count: Int = try connection.value(counted, parameters + conditions.parameters) ?? 0
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
