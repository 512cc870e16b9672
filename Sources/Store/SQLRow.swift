// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One row of an answer. Values are read by column name, or by place counted from 0, as the type the caller expects:
/// `let stage: OrderStage = try row["stage"]`.
public struct SQLRow: Sendable {
    public let columns: SQLColumns
    public let values: [SQLValue]

    public init(columns: SQLColumns, values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// - Throws: `StoreError` with code `corrupt` for a column that is missing or holds another kind of value.
    public subscript<Value: SQLRepresentable>(_ column: String) -> Value {
        get throws(StoreError) {
            guard let index = columns.index(of: column) else {
                throw StoreError(
                    .corrupt, "the answer has no column \(column): the schema is not the program's; run certway doctor")
            }
            return try self[index]
        }
    }

    public subscript<Value: SQLRepresentable>(_ index: Int) -> Value {
        get throws(StoreError) {
            guard let value = Value(sqlValue: values[index]) else {
                throw StoreError(
                    .corrupt,
                    "column \(columns.names[index]) holds \(values[index].kindName) that is not a valid \(Value.self): "
                        + "somebody changed the database by hand; restore it from a backup")
            }
            return value
        }
    }
}
