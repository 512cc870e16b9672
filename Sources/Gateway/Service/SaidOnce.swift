// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Keeps a loop from saying the same every second: what stays as it was is not said again.
final class SaidOnce: Sendable {
    private let last = Mutex<[String: [String]]>([:])

    /// The sentences that were not among those of the last time; silence in between lets them be said again.
    func new(_ topic: String, _ sentences: [String]) -> [String] {
        last.withLock { last in
            defer { last[topic] = sentences }
            return sentences.filter { last[topic]?.contains($0) != true }
        }
    }
}
