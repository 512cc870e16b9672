// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Wall clock and processor time of this process between two moments.
struct ProcessorTime {
    private let clock = ContinuousClock.now
    private let processor = Self.now

    /// Seconds since this value was made.
    var seconds: Double { (ContinuousClock.now - clock) / .seconds(1) }

    /// Processor seconds of all threads, user and system, since this value was made.
    var cpuSeconds: Double { Self.now - processor }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
