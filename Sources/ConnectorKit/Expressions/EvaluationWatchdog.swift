// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Foundation
internal import Synchronization

/// One thread for all interpreters that looks at running evaluations every 20 ms, and sleeps while there are none.
final class EvaluationWatchdog: Sendable {
    static let shared = EvaluationWatchdog()

    private struct Weak: Sendable { weak var watch: EvaluationWatch? }

    private let watches = Mutex<[Weak]>([])
    private let isAsleep = Atomic(false)
    private let alarm = DispatchSemaphore(value: 0)

    private init() {
        let thread = Thread { [self] in watchForever() }
        thread.name = "jq-watchdog"
        thread.start()
    }

    func observe(_ watch: EvaluationWatch) {
        watches.withLock { watches in
            watches.removeAll { $0.watch == nil }
            watches.append(Weak(watch: watch))
        }
    }

    /// Called at the start of each evaluation; costs one atomic load while the thread is awake.
    func wake() {
        if isAsleep.load(ordering: .sequentiallyConsistent),
            isAsleep.exchange(false, ordering: .sequentiallyConsistent)
        {
            alarm.signal()
        }
    }

    private func watchForever() {
        var quietRounds = 0
        while true {
            quietRounds = isAnyRunning ? 0 : quietRounds + 1
            guard quietRounds > 25 else {
                Thread.sleep(forTimeInterval: 0.02)
                continue
            }
            isAsleep.store(true, ordering: .sequentiallyConsistent)
            // An evaluation that began just before the flag was set does not know that this thread sleeps.
            if isAnyRunning {
                isAsleep.store(false, ordering: .sequentiallyConsistent)
            } else {
                alarm.wait()
            }
            quietRounds = 0
        }
    }

    /// Looks at every interpreter; all, because looking is what stops an evaluation.
    private var isAnyRunning: Bool {
        watches.withLock { $0.compactMap(\.watch) }.reduce(false) { $1.check() || $0 }
    }
}
