// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Faults that a test ordered through the control API; they come before those of the seed.
final class FaultPlan: Sendable {
    private let waiting = Mutex<[String: [Fault]]>([:])

    /// The next `count` calls of the operation meet the fault.
    func add(_ fault: Fault, to operation: String, count: Int) {
        waiting.withLock { $0[operation, default: []] += Array(repeating: fault, count: count) }
    }

    func next(for operation: String) -> Fault? {
        waiting.withLock { plan in
            guard let fault = plan[operation]?.first else { return nil }
            plan[operation]?.removeFirst()
            return fault
        }
    }
}
