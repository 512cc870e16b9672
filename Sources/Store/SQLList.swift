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

    /// - Parameters:
    ///   - source: what stands behind FROM: a table, or a query in parentheses with its name.
    ///   - parameters: those of that query.
    ///   - keys: what it can be sorted by.
    ///   - identity: columns in which no two rows are the same; they decide among equal ones.
    ///   - standard: the order when nobody asks for one.
    public init(
        _ source: String, _ parameters: [SQLValue] = [], keys: [Key], identity: [String], standard: ListSort
    ) {
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
        var own = conditions
        if let after = request.after {
            guard after.values.count == columns.count else { throw ListError.otherList }
            own.add(columns, after.values, isDescending: sort.isDescending)
        }
        let order = columns.map { sort.isDescending ? "\($0) DESC" : $0 }.joined(separator: ", ")
        let places = columns.indices.map { "\(columns[$0]) AS list_place_\($0)" }.joined(separator: ", ")
        let limit = request.limit == .max ? request.limit : request.limit + 1
        let rows = try connection.query(
            "SELECT listed.*, \(places) FROM \(source) listed \(own.clause) ORDER BY \(order) "
                + connection.dialect.page(limit, 0), parameters + own.parameters)
        let shown = Array(rows.prefix(request.limit))
        let skipped = request.after?.shown ?? 0
        let hasMore = rows.count > shown.count
        var total = skipped + shown.count
        if let after = request.after {
            total = max(after.total, total + (hasMore ? 1 : 0))
        } else if hasMore {
            total =
                try connection.value(
                    "SELECT COUNT(*) FROM \(source) listed \(conditions.clause)", parameters + conditions.parameters)
                ?? total
        }
        var next: ListCursor?
        if hasMore, let last = shown.last {
            let values = try columns.indices.map { try last["list_place_\($0)"] as SQLValue }
            next = ListCursor(sort: sort, shown: skipped + shown.count, total: total, values: values)
        }
        return ListPage(try make(shown), total: total, skipped: skipped, next: next)
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
