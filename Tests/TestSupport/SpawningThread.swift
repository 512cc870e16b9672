// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The thread that starts every child of the tests.
///
/// The kernel ends a child with the *thread* that started it (`PR_SET_PDEATHSIG`, prctl(2)), and hands it that thread's
/// blocked signals. So one thread starts all: it lives as long as this process and blocks no signal.
enum SpawningThread {
    private static let jobs = Mutex<[@Sendable () -> Void]>([])
    private static let wakeUp = DispatchSemaphore(value: 0)

    private static let isStarted: Bool = {
        Thread.detachNewThread {
            var none = sigset_t()
            sigemptyset(&none)
            pthread_sigmask(SIG_SETMASK, &none, nil)
            while true {
                wakeUp.wait()
                jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }?()
            }
        }
        return true
    }()

    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            precondition(isStarted)
            jobs.withLock { $0.append { continuation.resume(with: Result { try body() }) } }
            wakeUp.signal()
        }
    }
}
