// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CSQLite
import Foundation

/// How a connection waits for a lock that another process holds.
///
/// SQLite has no queue for its lock: it goes to whoever asks in a moment in which it is free. SQLite's own way of waiting
/// (`sqlite3_busy_timeout`) soon asks every 100 ms only, so that beside a process that commits without a pause, and whose lock is
/// free for less than a millisecond between two commits, a waiter comes away empty-handed for seconds. This one asks every few
/// milliseconds, at random moments, which a busy process leaves it some of in every second.
///
/// Sendable because the one thread that uses the connection calls it.
final class SQLiteLockWait: @unchecked Sendable {
    /// Microseconds between two questions.
    private static let pause: ClosedRange<UInt32> = 500...3000

    private let limit: Duration
    private var end = ContinuousClock.now

    init(limit: Duration) { self.limit = limit }

    /// From now on `handle` waits like this; it must live no longer than this object.
    func install(on handle: OpaquePointer?) {
        sqlite3_busy_handler(
            handle,
            { context, count in
                guard let context else { return 0 }
                return Unmanaged<SQLiteLockWait>.fromOpaque(context).takeUnretainedValue().goOn(asked: count) ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// - Parameter asked: how often for this lock before.
    /// - Returns: false once the time is over, so that the call ends with SQLITE_BUSY.
    private func goOn(asked count: Int32) -> Bool {
        if count == 0 { end = .now + limit }
        guard ContinuousClock.now < end else { return false }
        usleep(.random(in: Self.pause))
        return true
    }
}
