// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// By what a later connection can tell whether a transaction was kept whose confirmation was lost: rows that it has written and that
/// nobody else would have. A transaction that has such rows needs no receipt.
public struct CommitProof: Sendable {
    /// One statement with its parameters.
    public struct Statement: Sendable {
        public let sql: String
        public let parameters: [SQLValue]

        public init(_ sql: String, _ parameters: [SQLValue]) { (self.sql, self.parameters) = (sql, parameters) }
    }

    /// A SELECT that locks a row which the transaction has changed: it waits as long as the transaction may still be kept.
    public let waiting: Statement
    /// A SELECT whose first value is above 0 when the transaction was kept.
    public let question: Statement

    public init(waiting: Statement, question: Statement) { (self.waiting, self.question) = (waiting, question) }
}
