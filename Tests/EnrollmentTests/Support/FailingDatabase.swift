// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import Synchronization

/// A database whose writing can be switched off.
final class FailingDatabase: SQLDatabase {
    private let inner: any SQLDatabase
    private let afterWrite = Mutex<(@Sendable () async -> Void)?>(nil)
    private let failure = Mutex<(after: Int, error: StoreError, times: Int)?>(nil)

    init(_ inner: any SQLDatabase) { self.inner = inner }

    var dialect: SQLDialect { inner.dialect }

    /// What happens between the commit of the next writing and its confirmation.
    func afterNextWrite(_ body: @escaping @Sendable () async -> Void) { afterWrite.withLock { $0 = body } }

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
        let result = try await inner.write(body)
        let happens = afterWrite.withLock { body in
            defer { body = nil }
            return body
        }
        await happens?()
        return result
    }

    func alone<Result: Sendable>(
        _ name: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result { try await inner.alone(name, body) }

    func close() async { await inner.close() }
}
