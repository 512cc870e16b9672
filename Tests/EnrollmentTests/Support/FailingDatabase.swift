// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import Synchronization

/// A database whose writing can be switched off.
final class FailingDatabase: SQLDatabase {
    private let inner: any SQLDatabase
    private let failure = Mutex<(after: Int, error: StoreError, times: Int)?>(nil)

    init(_ inner: any SQLDatabase) { self.inner = inner }

    var dialect: SQLDialect { inner.dialect }

    /// Lets `count` more writings through, then `times` fail with `error`; nil mends it.
    func fail(after count: Int = 0, with error: StoreError?, times: Int = .max) {
        failure.withLock { $0 = error.map { (count, $0, times) } }
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result { try await inner.read(body) }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try failure.withLock { failure in
            guard let (after, error, times) = failure else { return }
            guard after > 0 else {
                failure = times > 1 ? (0, error, times - 1) : nil
                throw error
            }
            failure = (after - 1, error, times)
        }
        return try await inner.write(body)
    }

    func close() async { await inner.close() }
}
