// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPTransport
internal import Synchronization

/// How far this machine's clock is from the CA's, by the `Date` of its latest answer (RFC 9110 §6.6.1).
final class ClockDifference: Sendable {
    private let seconds = Mutex<TimeInterval?>(nil)
    /// The latest line and what it says: answers of one second have the same.
    private let known = Mutex<(line: String, date: Date?)>(("", nil))

    /// Positive when the CA's clock is ahead; nil when the latest answer told no time.
    var latest: TimeInterval? { seconds.withLock { $0 } }

    func note(_ answer: HTTPResponse, at now: Date) {
        let date = answer.headers["Date"].flatMap { line in
            known.withLock { known in
                if known.line != line { known = (line, HTTPDate.parse(line)) }
                return known.date
            }
        }
        seconds.withLock { $0 = date?.timeIntervalSince(now) }
    }
}
