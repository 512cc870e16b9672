// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// A connection that keeps what its body wants on record, for the one run of the body.
final class RecordingConnection: SQLConnection {
    private let inner: any SQLConnection
    var entries: [AuditEntry] = []

    init(_ inner: any SQLConnection) { self.inner = inner }

    var dialect: SQLDialect { inner.dialect }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws(StoreError) -> Int {
        try inner.execute(sql, parameters)
    }

    func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        try inner.forEachRow(sql, parameters, body)
    }

    func isProved(by proof: CommitProof) { inner.isProved(by: proof) }
}
