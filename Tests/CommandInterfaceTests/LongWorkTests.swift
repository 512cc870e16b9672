// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import CommandInterface

/// Who waits is told, less and less often, and with what a command is at work.
@Suite(.serialized) struct LongWorkTests {
    private struct Ended: Error {}

    @Test func whoWaitsIsToldWhatIsDone() async {
        let slept = Mutex<[Duration]>([])
        let told = Mutex<[String]>([])
        // A pipe shows no line, and what it would show is told all the same.
        ProgressLine(isShown: false).show("reading the directory")
        await LongWork.watch(
            sleep: { pause in
                let count = slept.withLock { slept in
                    slept.append(pause)
                    return slept.count
                }
                guard count < 8 else { throw Ended() }
            }, tell: { line in told.withLock { $0.append(line) } })
        let lines = told.withLock { $0 }
        #expect(lines.first == "still at work after 6 s: reading the directory")
        #expect(lines.count == 7)
        let pauses = slept.withLock { $0 }
        #expect(pauses.first == LongWork.first && zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(pauses.last == .seconds(120))
    }

    @Test func nothingIsSaidOfWhatNobodyHasNamed() {
        #expect(LongWork.sentence(.seconds(6), "") == "still at work after 6 s")
    }
}
