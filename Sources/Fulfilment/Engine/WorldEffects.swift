// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The orders and actions for which something is happening outside that cannot be called back: a request that has left for a CA, a
/// PFX on its way. A stop lets these come to their end, and nothing else.
final class WorldEffects: Sendable {
    private let state = Mutex((items: Set<WorkItem>(), isStopping: false))

    /// - Returns: false once the gateway stops: then nothing may leave any more.
    func begin(_ item: WorkItem) -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            state.items.insert(item)
            return true
        }
    }

    func begin(_ orderID: Int64) -> Bool { begin(.order(orderID)) }

    func end(_ item: WorkItem) { state.withLock { _ = $0.items.remove(item) } }

    func end(_ orderID: Int64) { end(.order(orderID)) }

    func contains(_ item: WorkItem) -> Bool { state.withLock { $0.items.contains(item) } }

    /// Lets nothing begin from now on.
    func stop() { state.withLock { $0.isStopping = true } }
}
