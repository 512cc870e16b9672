// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A first try of `LongEvaluation` on the caller's thread, which must be over soon.
package final class EvaluationAttempt: Sendable {
    /// The one that runs on this thread; nil where an evaluation may take its whole time.
    @TaskLocal package static var current: EvaluationAttempt?

    /// What an evaluation may take here, wall time; the watchdog looks every 20 ms.
    static let time = Duration.milliseconds(10)
    /// Inputs of more bytes are handed over at once, because copying them to jq alone takes milliseconds.
    static let size = 256 << 10

    private let isGivenUp = Atomic(false)

    /// Whether the work has to be done again where it may take its time. What it gave here means nothing.
    package var wasGivenUp: Bool { isGivenUp.load(ordering: .relaxed) }

    package func giveUp() { isGivenUp.store(true, ordering: .relaxed) }
}
