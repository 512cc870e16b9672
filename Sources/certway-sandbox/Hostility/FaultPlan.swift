// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Faults that a test ordered through the control API; they come before those of the seed.
final class FaultPlan: Sendable {
    private let waiting = Mutex<[String: [(fault: Fault, left: Int)]]>([:])

    /// The next `count` calls of the operation meet the fault.
    func add(_ fault: Fault, to operation: String, count: Int) {
        guard count > 0 else { return }
        waiting.withLock { $0[operation, default: []].append((fault, count)) }
    }

    /// Nothing is left for the operation to meet.
    func clear(_ operation: String) { waiting.withLock { $0[operation] = nil } }

    func next(for operation: String) -> Fault? {
        waiting.withLock { plan in
            guard let (fault, left) = plan[operation]?.first else { return nil }
            if left > 1 { plan[operation]?[0].left = left - 1 } else { plan[operation]?.removeFirst() }
            return fault
        }
    }
}
