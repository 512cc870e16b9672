// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// When the server last answered as it should, by the uptime.
final class LastProof: Sendable {
    private static let lifetime = Duration.seconds(5 * 60)
    private let moment = Mutex<Duration?>(nil)

    func note(_ uptime: Duration) { moment.withLock { $0 = uptime } }
    func isFresh(_ uptime: Duration) -> Bool { moment.withLock { $0.map { uptime - $0 < Self.lifetime } ?? false } }
}
