// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Tells who waits for a command that it is still at work, and with what: one line on standard error after some seconds, and then less
/// and less often. What it is doing is what was last shown as progress, or noted here, also where no terminal shows it.
public enum LongWork {
    private struct State {
        var doing = ""
        /// When a line of progress was drawn last; nil for never.
        var drawnAt: ContinuousClock.Instant?
        var isWatched = false
    }

    private static let state = Mutex(State())
    /// Nobody minds a shorter wait.
    static let first = Duration.seconds(6)
    private static let longest = Duration.seconds(120)

    /// Whether somebody is told; what is only said for that need not be put together otherwise.
    public static var isWatched: Bool { state.withLock { $0.isWatched } }

    /// Notes what is being done, such as a service that is asked again.
    public static func note(_ text: String) { state.withLock { $0.doing = text } }

    /// A line of progress was drawn: who watches it need not be told.
    static func noteDrawn() { state.withLock { $0.drawnAt = .now } }

    /// Watches a command until the task is cancelled.
    ///
    /// - Parameters:
    ///   - sleep: throws where the watch is to end.
    ///   - tell: a line for who waits.
    static func watch(
        sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        tell: @Sendable (String) -> Void = { Terminal.complain($0) }
    ) async {
        state.withLock { $0.isWatched = true }
        var (pause, total) = (first, Duration.zero)
        while true {
            do { try await sleep(pause) } catch { return }
            total += pause
            let (doing, drawnAt) = state.withLock { ($0.doing, $0.drawnAt) }
            if drawnAt.map({ ContinuousClock.now - $0 > .seconds(2) }) ?? true { tell(sentence(total, doing)) }
            pause = min(pause * 2, longest)
        }
    }

    static func sentence(_ total: Duration, _ doing: String) -> String {
        "still at work after \(total.components.seconds) s\(doing.isEmpty ? "" : ": \(doing)")"
    }
}
