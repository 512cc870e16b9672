// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Lets in so many at once.
final class Turnstile: Sendable {
    private let most: Int
    private let inside = Mutex(0)

    init(_ most: Int) { self.most = most }

    /// - Returns: nil where there is no room. The place is free again when it is left or forgotten.
    func enter() -> Place? {
        let hasRoom = inside.withLock { count in
            guard count < most else { return false }
            count += 1
            return true
        }
        return hasRoom ? Place(self) : nil
    }

    /// A place inside.
    final class Place: Sendable {
        private let turnstile: Turnstile
        private let hasLeft = Mutex(false)

        fileprivate init(_ turnstile: Turnstile) { self.turnstile = turnstile }

        func leave() {
            let isFirst = hasLeft.withLock { !exchange(&$0, with: true) }
            if isFirst { turnstile.inside.withLock { $0 -= 1 } }
        }

        deinit { leave() }
    }
}
