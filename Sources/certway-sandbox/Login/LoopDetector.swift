// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Notices a client that asks for a token again and again instead of keeping it (AADSTS50196).
final class LoopDetector: Sendable {
    private struct Guarded {
        var limit: Int?
        var times: [String: [Date]] = [:]
    }

    private let guarded = Mutex(Guarded())

    /// How many equal requests a minute pass; nil for any number.
    func setLimit(_ limit: Int?) {
        guarded.withLock {
            $0.limit = limit
            $0.times.removeAll()
        }
    }

    func isLoop(_ fingerprint: String, at now: Date) -> Bool {
        guarded.withLock { guarded in
            guard let limit = guarded.limit else { return false }
            let recent = (guarded.times[fingerprint] ?? []).filter { now.timeIntervalSince($0) < 60 } + [now]
            guarded.times[fingerprint] = recent
            return recent.count > limit
        }
    }
}
