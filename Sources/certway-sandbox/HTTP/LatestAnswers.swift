// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Synchronization

/// The latest answers of each operation, for the fault that gives one request the answer of another.
final class LatestAnswers: Sendable {
    private let kept = Mutex<[String: [(request: String, reply: Reply)]]>([:])

    /// Keeps the answer to a request; two of each operation are enough to have one to give to somebody else.
    func keep(_ reply: Reply, to request: ServerRequest, of operation: String) {
        let key = Self.key(request)
        kept.withLock { kept in
            let others = kept[operation, default: []].filter { $0.request != key }
            kept[operation] = [(key, reply)] + others.prefix(1)
        }
    }

    /// The latest answer to another request of the same operation.
    func other(than request: ServerRequest, of operation: String) -> Reply? {
        let key = Self.key(request)
        return kept.withLock { $0[operation]?.first { $0.request != key }?.reply }
    }

    private static func key(_ request: ServerRequest) -> String {
        "\(request.target) \(String(decoding: request.body, as: UTF8.self))"
    }
}
