// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import PKIX

/// Makes key pairs on threads of their own, as many at a time as there are cores: generation is pure computing and must
/// not hold the threads that answer the network.
public struct KeyGenerator: Sendable {
    private let limit: ConcurrencyLimit

    public init(concurrency: Int) { limit = ConcurrencyLimit(concurrency) }

    /// - Returns: a fresh key; an RSA-2048 key costs about 25 ms of one core, a P-256 key well under one.
    /// - Throws: `PKIXError` when the library fails, for instance without entropy; an operator must act.
    public func generate(_ type: KeyType) async throws -> PrivateKey {
        try await limit.run {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global(qos: .userInitiated).async {
                    continuation.resume(with: Swift.Result { try PrivateKey.generate(type) })
                }
            }
        }
    }
}
