// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Values for `column IN (\(list.places))`, so that a page of rows costs one question and not one for each.
///
/// The number of places is a power of two, the last value fills them up: texts that differ for each number would crowd every
/// statement cache.
public struct SQLValueList: Sendable {
    /// As many as every engine takes beside other parameters (SQL Server: 2100).
    public static let longest = 512

    public let places: String
    public let parameters: [SQLValue]

    /// - Parameter values: at least one, at most `longest`.
    public init(_ values: some Collection<some SQLRepresentable>) {
        parameters = Self.filled(values.map(\.sqlValue))
        precondition((1...Self.longest).contains(parameters.count), "\(parameters.count) values in one list")
        places = Array(repeating: "?", count: parameters.count).joined(separator: ", ")
    }

    /// As many as a power of two, the last one as often as it takes.
    public static func filled<Value>(_ values: [Value]) -> [Value] {
        guard let last = values.last else { return [] }
        var size = 1
        while size < values.count { size *= 2 }
        return values + Array(repeating: last, count: size - values.count)
    }

    /// That a column has one of any number of values; of none, that it has not.
    public static func condition(
        _ column: String, in values: [some SQLRepresentable]
    ) -> (sql: String, parameters: [SQLValue]) {
        let lists = lists(values)
        guard !lists.isEmpty else { return ("1 = 0", []) }
        let alternatives = lists.map { "\(column) IN (\($0.places))" }.joined(separator: " OR ")
        return ("(\(alternatives))", lists.flatMap(\.parameters))
    }

    /// Lists for any number of values; none for none.
    public static func lists<Value: SQLRepresentable>(_ values: [Value]) -> [SQLValueList] {
        stride(from: 0, to: values.count, by: longest).map { SQLValueList(values[$0...].prefix(longest)) }
    }
}
