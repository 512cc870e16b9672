// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import Synchronization

/// Ids that this process has taken from a counter, many at once, for rows whose ids need not be committed in their order. What is
/// left when the process ends is never used.
final class IdentifierReserve: Sendable {
    private static let size = 64

    private let sequence: IdentifierSequence
    private let ids = Mutex<[Int64]>([])

    init(_ sequence: IdentifierSequence) { self.sequence = sequence }

    /// - Throws: `StoreError`.
    func next(on database: any SQLDatabase) async throws -> Int64 {
        if let id = ids.withLock({ $0.popLast() }) { return id }
        let sequence = sequence
        let first = try await database.write { try sequence.take(Self.size, on: $0) }
        // The smallest lies last.
        ids.withLock { $0 = (first + 1..<first + Int64(Self.size)).reversed() + $0 }
        return first
    }
}
