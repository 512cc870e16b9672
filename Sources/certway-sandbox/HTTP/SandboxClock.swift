// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The time inside the sandbox: the machine's, unless the control API moved or stopped it.
final class SandboxClock: Sendable {
    private enum Setting {
        case running(offset: TimeInterval)
        case stopped(Date)
    }

    private let setting = Mutex(Setting.running(offset: 0))

    var now: Date {
        switch setting.withLock({ $0 }) {
        case .running(let offset): Date().addingTimeInterval(offset)
        case .stopped(let date): date
        }
    }

    func stop(at date: Date) { setting.withLock { $0 = .stopped(date) } }

    /// Lets the clock run on from its present time, moved by that many seconds.
    func advance(by seconds: TimeInterval) {
        let target = now.addingTimeInterval(seconds)
        setting.withLock { $0 = .running(offset: target.timeIntervalSinceNow) }
    }

    func resume() { setting.withLock { $0 = .running(offset: 0) } }
}
