// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One step of the schema. Steps are only ever added: a step that was released is never changed, moved or removed.
public struct Migration: Sendable {
    /// Unique for ever, at most 100 characters, such as `ledger-1-orders`.
    public let name: String
    /// The statements for one engine, in order.
    public let statements: @Sendable (SQLDialect) -> [String]

    public init(_ name: String, _ statements: @escaping @Sendable (SQLDialect) -> [String]) {
        self.name = name
        self.statements = statements
    }
}
