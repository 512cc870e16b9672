// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation

/// Notices when the sandbox is told to end: by a signal, or by the end of its standard input.
final class EndOfService {
    private let end = DispatchSemaphore(value: 0)
    private let sources: [any DispatchSourceSignal]

    /// Listens from now on, so that nothing is missed before `wait`.
    init(whenInputEnds: Bool) {
        let end = end
        sources = [SIGTERM, SIGINT].map { number in
            // Dispatch sees only signals that do not end the process.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { end.signal() }
            source.resume()
            return source
        }
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

    deinit { for source in sources { source.cancel() } }
}
