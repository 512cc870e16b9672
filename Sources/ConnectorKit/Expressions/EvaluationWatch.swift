// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CJQ
internal import Glibc
internal import Synchronization

/// Where an interpreter tells the watchdog that it runs an evaluation. The lock makes sure that an interpreter is only stopped
/// while it runs the evaluation that is over its limit, and never after it is gone.
final class EvaluationWatch: Sendable {
    private struct Running {
        // jq_halt writes one flag that the interpreter reads before each instruction; begin and end bound its life.
        nonisolated(unsafe) let state: OpaquePointer
        let limits: EvaluationLimits
        let start: ContinuousClock.Instant
        /// The process's memory when the watchdog first saw this evaluation.
        var memory: Int?
        var reason: JQFailure?
    }

    private let running = Mutex<Running?>(nil)

    func begin(_ state: OpaquePointer, limits: EvaluationLimits) {
        nonisolated(unsafe) let state = state
        running.withLock { $0 = Running(state: state, limits: limits, start: .now) }
        EvaluationWatchdog.shared.wake()
    }

    /// - Returns: why the evaluation was stopped; nil when it was not.
    func end() -> JQFailure? {
        running.withLock { running in
            defer { running = nil }
            return running?.reason
        }
    }

    /// Called by the watchdog: stops an evaluation that is over a limit.
    ///
    /// - Returns: whether an evaluation runs.
    func check() -> Bool {
        running.withLock { running in
            guard var evaluation = running else { return false }
            guard evaluation.reason == nil else { return true }
            let memory = Self.allocatedBytes
            let growth = memory - (evaluation.memory ?? memory)
            evaluation.memory = evaluation.memory ?? memory
            if ContinuousClock.now - evaluation.start > evaluation.limits.time { evaluation.reason = .timeLimit }
            if growth > evaluation.limits.memory { evaluation.reason = .memoryLimit }
            if evaluation.reason != nil { jq_halt(evaluation.state, jv_invalid(), jv_invalid()) }
            running = evaluation
            return true
        }
    }

    /// Bytes the process holds from the C heap.
    private static var allocatedBytes: Int {
        let info = mallinfo2()
        return Int(info.uordblks) + Int(info.hblkhd)
    }
}
