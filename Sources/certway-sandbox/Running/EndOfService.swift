// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Dispatch
import Foundation

/// Notices when the sandbox is told to end: by a signal, or by the end of its standard input.
final class EndOfService {
    private let end = DispatchSemaphore(value: 0)
    private let signals: StopSignals

    /// Listens from now on, so that nothing is missed before `wait`.
    init(whenInputEnds: Bool) {
        let end = end
        signals = StopSignals { end.signal() }
        guard whenInputEnds else { return }
        // The parent's death closes the pipe; nothing is expected to be written into it.
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while read(STDIN_FILENO, &byte, 1) > 0 {}
            end.signal()
        }
    }

    /// Blocks the calling thread.
    func wait() { end.wait() }
}
