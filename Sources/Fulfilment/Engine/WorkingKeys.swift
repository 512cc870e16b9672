// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX
import Synchronization

/// Private keys of the orders under way, opened: an order that goes from key to device in one go needs its key three times,
/// and opening the sealed copy costs more than making a key on a curve. The ledger keeps the copy that counts.
final class WorkingKeys: Sendable {
    private let keys = Mutex<[Int64: PrivateKey]>([:])

    subscript(_ orderID: Int64) -> PrivateKey? { keys.withLock { $0[orderID] } }

    func keep(_ key: PrivateKey, orderID: Int64) { keys.withLock { $0[orderID] = key } }

    /// Called when the work on an order ends, for whatever reason; the key is erased with its last owner.
    func forget(orderID: Int64) { keys.withLock { _ = $0.removeValue(forKey: orderID) } }
}
