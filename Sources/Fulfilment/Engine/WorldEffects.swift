// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The orders for which something is happening outside that cannot be called back: a request that has left for a CA, a PFX
/// on its way. A stop lets these come to their end, and nothing else.
final class WorldEffects: Sendable {
    private let state = Mutex((orders: Set<Int64>(), isStopping: false))

    /// - Returns: false once the gateway stops: then nothing may leave any more.
    func begin(_ orderID: Int64) -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            state.orders.insert(orderID)
            return true
        }
    }

    func end(_ orderID: Int64) { state.withLock { _ = $0.orders.remove(orderID) } }

    func contains(_ orderID: Int64) -> Bool { state.withLock { $0.orders.contains(orderID) } }

    /// Lets nothing begin from now on.
    func stop() { state.withLock { $0.isStopping = true } }
}
