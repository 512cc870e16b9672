// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One step of the schema. Steps are only ever added: a step that was released is never changed, moved or removed.
public struct Migration: Sendable {
    /// Unique for ever, at most 100 characters, such as `ledger-1-orders`.
    public let name: String
    /// The statements for one engine, in order.
    public let statements: @Sendable (SQLDialect) -> [String]
    /// What only the program can work out, for the rows that are there, a batch at a time: gets the id of the last row that is
    /// done, 0 at first, and gives that of its own last one, nil when it has found none. It may be run again from the beginning.
    public let fill: (@Sendable (_ connection: any SQLConnection, _ last: Int64) throws -> Int64?)?

    public init(
        _ name: String, fill: (@Sendable (any SQLConnection, Int64) throws -> Int64?)? = nil,
        _ statements: @escaping @Sendable (SQLDialect) -> [String]
    ) {
        self.name = name
        self.fill = fill
        self.statements = statements
    }
}
