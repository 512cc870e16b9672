// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Wakes one loop that rests. A ring that nobody waits for is kept, so that none is missed between two looks.
public final class WakeUp: Sendable {
    private struct State {
        var isRinging = false
        var sleeper: (id: Int, continuation: CheckedContinuation<Void, Never>)?
        var lastID = 0
    }

    private let state = Mutex(State())

    public init() {}

    public func ring() {
        let sleeper = state.withLock { state in
            defer { state.sleeper = nil }
            if state.sleeper == nil { state.isRinging = true }
            return state.sleeper
        }
        sleeper?.continuation.resume()
    }

    /// Returns at a ring, after `duration` of real time, or when the task is cancelled. For one waiting task.
    public func wait(atMost duration: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.nextRing() }
            group.addTask { try? await Task.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }

    private func nextRing() async {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if state.isRinging || Task.isCancelled {
                        // A cancelled wait leaves the ring to the next one.
                        if !Task.isCancelled { state.isRinging = false }
                        return true
                    }
                    state.sleeper = (id, continuation)
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard state.sleeper?.id == id else { return nil }
                defer { state.sleeper = nil }
                return state.sleeper?.continuation
            }
            sleeper?.resume()
        }
    }
}
