// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SimulatedTime
import Synchronization

/// The time of the sandbox's world, for all of its parts: the machine's, unless the control API moved or stopped it.
final class SandboxClock: Sendable {
    /// A program has one world.
    static let world = SandboxClock()

    private let clock = Mutex(SimulatedClock())

    private init() {}

    var now: Date { clock.withLock { $0 }.now() }

    /// Whether it shows another time than the machine's.
    var isMoved: Bool { clock.withLock { $0 }.isMoved }

    /// Takes the clock in a file, which other processes may read; made where there is none.
    func keep(in file: String) throws {
        let shared = try SimulatedClock(file: file, moves: true)
        clock.withLock { $0 = shared }
    }

    func stop(at date: Date) { clock.withLock { $0 }.stop(at: date) }

    /// Lets the clock run on from that time.
    func set(to date: Date) { clock.withLock { $0 }.set(to: date) }

    /// Lets the clock run on from its present time, moved by that many seconds.
    func advance(by seconds: TimeInterval) { set(to: now.addingTimeInterval(seconds)) }

    func resume() { clock.withLock { $0 }.reset() }
}
