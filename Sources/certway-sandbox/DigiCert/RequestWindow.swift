// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The rolling request limits of one API key: 100 in 5 seconds, 1000 in 3 minutes (wire/digicert-certcentral.md section 2).
final class RequestWindow: Sendable {
    private let times = Mutex<[Date]>([])

    /// Whether there is room for one more request, which then counts. Refused ones do not.
    func admits(at now: Date) -> Bool {
        times.withLock { times in
            times.removeFirst(times.prefix { now.timeIntervalSince($0) >= 180 }.count)
            let recent = times.reversed().prefix { now.timeIntervalSince($0) < 5 }.count
            guard times.count < 1000, recent < 100 else { return false }
            times.append(now)
            return true
        }
    }
}
