// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation
import Synchronization
import Testing

/// What a program does when it is told to end. The test program itself gets the signals: the one test here is the only one to have them.
struct StopSignalsTests {
    @Test func aSignalRightAfterIsHeard() async throws {
        for number in [SIGTERM, SIGINT] {
            for _ in 0..<50 {
                let (heard, told) = AsyncStream.makeStream(of: Void.self)
                let other = Atomic(0)
                let first = StopSignals { told.yield() }
                let second = StopSignals { other.add(1, ordering: .relaxed) }
                second.cancel()
                kill(getpid(), number)
                #expect(await heard.first { _ in true } != nil)
                #expect(other.load(ordering: .relaxed) == 0)
                first.cancel()
            }
        }
    }
}
