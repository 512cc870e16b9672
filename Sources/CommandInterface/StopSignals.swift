// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Turns SIGINT and SIGTERM into one call: the first asks for a graceful stop, the second ends the process at once, which
/// loses nothing either.
///
/// From the return of `init` on no signal is lost. Dispatch's sources take hold some time later on a thread of their own, and until then
/// the signal must be ignored: a program that was told to end the moment it said that it is ready went on for good.
public final class StopSignals: Sendable {
    private static let numbers = [SIGINT, SIGTERM]
    private static let listeners = Mutex<[ObjectIdentifier: @Sendable () -> Void]>([:])
    /// The end into which the handler writes, the one thing that it may do (signal-safety(7)).
    private static let written = Atomic<Int32>(-1)
    /// Made once; what is read is told to all who listen.
    private static let pipe: Void = {
        var ends: [Int32] = [-1, -1]
        guard Foundation.pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        written.store(ends[1], ordering: .releasing)
        let read = ends[0]
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = Foundation.read(read, &byte, 1)
                guard count == 1 else {
                    if count == -1, errno == EINTR { continue }
                    return
                }
                for number in numbers { signal(number, SIG_DFL) }
                for listener in listeners.withLock({ Array($0.values) }) { listener() }
            }
        }
    }()

    /// - Parameter stop: called on a thread of its own.
    public init(_ stop: @escaping @Sendable () -> Void) {
        Self.pipe
        Self.listeners.withLock { listeners in
            listeners[ObjectIdentifier(self)] = stop
            for number in Self.numbers {
                signal(number) { _ in
                    let error = errno
                    var byte: UInt8 = 1
                    _ = write(StopSignals.written.load(ordering: .acquiring), &byte, 1)
                    errno = error
                }
            }
        }
    }

    /// The call is not made any more; where nobody else listens, a signal ends the process again.
    public func cancel() {
        Self.listeners.withLock { listeners in
            guard listeners.removeValue(forKey: ObjectIdentifier(self)) != nil, listeners.isEmpty else { return }
            for number in Self.numbers { signal(number, SIG_DFL) }
        }
    }

    deinit { cancel() }
}
