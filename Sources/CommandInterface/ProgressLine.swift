// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// One line on a terminal that is rewritten while long work goes on; silent in a pipe, where `LongWork` tells what it would show.
public final class ProgressLine: Sendable {
    private struct State {
        var lastDrawn = ContinuousClock.now - .seconds(1)
        var isDrawn = false
    }

    private let state = Mutex(State())
    private let isShown: Bool

    public init(isShown: Bool = Terminal.isInteractive) { self.isShown = isShown }

    /// Shows `text`, at most ten times a second.
    public func show(_ text: @autoclosure () -> String) {
        state.withLock { state in
            guard ContinuousClock.now - state.lastDrawn > .milliseconds(100) else { return }
            state.lastDrawn = .now
            let line = VisibleText.line(text())
            LongWork.note(line)
            guard isShown else { return }
            state.isDrawn = true
            LongWork.noteDrawn()
            Terminal.write("\r\u{1B}[K\(line)", to: STDERR_FILENO)
        }
    }

    /// Removes the line, so that what follows stands clean.
    public func clear() {
        state.withLock { state in
            guard state.isDrawn else { return }
            state.isDrawn = false
            Terminal.write("\r\u{1B}[K", to: STDERR_FILENO)
        }
    }
}
