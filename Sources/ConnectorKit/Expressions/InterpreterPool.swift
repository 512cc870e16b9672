// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// Interpreters of one library. Each evaluation has one for itself, so that none waits for another's end; the lock is held
/// only while one is taken or put back.
final class InterpreterPool: Sendable {
    private struct State {
        var idle: [JQEngine] = []
        var inUse = 0
        /// Raised when the programs change; what was made before is not put back.
        var version = 0
    }

    /// Kept when nobody needs them; each holds about 1 MiB.
    private static let kept = 4
    private let state = Mutex(State())
    /// Held while one is compiled, 30 ms: who waits for it may find one put back meanwhile.
    private let making = Mutex(())

    /// Forgets every interpreter, because the programs have changed.
    func reset(to engine: JQEngine? = nil) {
        state.withLock {
            $0.version += 1
            $0.idle = engine.map { [$0] } ?? []
        }
    }

    /// Runs `body` with an interpreter that nobody else uses meanwhile.
    ///
    /// - Parameter make: compiles one; nil when the programs do not compile.
    /// - Returns: nil when there is none.
    func withInterpreter<Result>(make: () -> JQEngine?, _ body: (JQEngine) -> Result) -> Result? {
        let version = state.withLock {
            $0.inUse += 1
            return $0.version
        }
        defer { state.withLock { $0.inUse -= 1 } }
        guard let engine = takeIdle() ?? making.withLock({ _ in takeIdle(isPatient: false) ?? make() }) else {
            return nil
        }
        defer {
            // A stopped interpreter keeps all the memory it took.
            if !engine.isSpent {
                state.withLock { if $0.version == version, $0.idle.count < Self.kept { $0.idle.append(engine) } }
            }
        }
        return body(engine)
    }

    /// Where all are in use, one is soon put back: evaluations take microseconds, compiling another takes 30 ms.
    private func takeIdle(isPatient: Bool = true) -> JQEngine? {
        for _ in 0..<100 {
            let (engine, isWorthWaiting) = state.withLock { ($0.idle.popLast(), $0.inUse > 1) }
            if engine != nil || !isWorthWaiting || !isPatient { return engine }
            sched_yield()
        }
        return nil
    }
}
