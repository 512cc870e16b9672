// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Ids of CA certificates that have been met in the database: these rows are never changed, and every certificate of a CA names the
/// same few.
final class KnownIssuers: Sendable {
    /// A CA has a few; who meets more asks the database again.
    private static let most = 100

    private let ids = Mutex<[[UInt8]: Int64]>([:])

    subscript(_ der: [UInt8]) -> Int64? { ids.withLock { $0[der] } }

    func note(_ id: Int64, of der: [UInt8]) {
        ids.withLock { ids in
            if ids.count >= Self.most { ids = [:] }
            ids[der] = id
        }
    }
}
