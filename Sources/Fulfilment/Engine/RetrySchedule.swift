// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import MicrosoftGraph

/// When failed work is tried again.
enum RetrySchedule {
    /// The longest time that anybody outside can make an order wait: a number that came over the network may be any.
    static let longest = Duration.seconds(86_400)

    /// Doubling to fifteen minutes, from a second, or from a minute for what only an operator can mend; with a little
    /// chance so that orders do not march in step. The other side may ask for more time, up to a day, and never for less:
    /// who says "at once" every time would keep the gateway busy for nothing.
    static func delay(after error: any Error, failures: Int) -> Duration {
        if error is CancellationError { return .zero }
        let isPassing = ["transient", "throttled", "outcomeUnknown"].contains(kind(of: error))
        let own = backoff(failures, from: isPassing ? 1 : 60)
        return max(own, min(told(by: error) ?? .zero, longest))
    }

    /// The same for an order that was surely not taken, which is about to be placed again.
    ///
    /// - Parameter attempts: submissions so far.
    static func delay(attempts: Int) -> Duration { backoff(attempts - 1, from: 1) }

    /// What the other side asks for, whatever it is.
    static func told(by error: any Error) -> Duration? {
        (error as? BackendPause)?.remaining ?? (error as? ConnectorError)?.retryAfter
            ?? (error as? GraphError)?.retryAfter
    }

    static func kind(of error: any Error) -> String {
        switch error {
        case let error as ConnectorError: error.kind.rawValue
        case let pause as BackendPause: pause.error.kind.rawValue
        case let error as GraphError: error.kind.rawValue
        case is CancellationError: "transient"
        default: "configuration"
        }
    }

    private static func backoff(_ failures: Int, from start: Double) -> Duration {
        let seconds = min(start * Double(1 << min(max(failures, 0), 10)), 900)
        return .milliseconds(Int(seconds * Double.random(in: 800...1200)))
    }
}
