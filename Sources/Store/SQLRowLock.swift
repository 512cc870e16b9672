// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How a SELECT is made to lock the rows that it reads: `SELECT … FROM orders\(lock.hint) WHERE …\(lock.clause)`. Who reads a row
/// in order to change it locks it, or what he writes may rest on what is no longer so.
public struct SQLRowLock: Sendable, Hashable {
    /// Right behind the name of the table, with a blank before it.
    public var hint: String
    /// At the very end, with a blank before it.
    public var clause: String

    /// For an engine that has one writer at a time, and for readings.
    public static let none = SQLRowLock()

    public init(hint: String = "", clause: String = "") {
        self.hint = hint
        self.clause = clause
    }
}
