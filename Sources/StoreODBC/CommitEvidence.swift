// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// What tells a commit that was done from one that was not, when nobody has heard which it was.
protocol CommitEvidence: Sendable {
    /// Finds out on a connection of its own. A transaction that may still be committed is waited for, or will never be.
    ///
    /// - Returns: nil when it cannot be said yet.
    func isCommitted(on connection: ODBCConnection) -> Bool?
}

extension WriteReceipt: CommitEvidence {}

extension CommitProof: CommitEvidence {
    func isCommitted(on connection: ODBCConnection) -> Bool? {
        connection.beginTransaction()
        defer { _ = connection.rollback() }
        do {
            try connection.forEachRow(waiting.sql, waiting.parameters) { _ in }
            return try connection.value(question.sql, question.parameters) ?? 0 > 0
        } catch { return nil }
    }
}
