// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import MicrosoftGraph

/// When failed work is tried again.
enum RetrySchedule {
    /// Doubling to fifteen minutes, from a second, or from a minute for what only an operator can mend; with a little
    /// chance so that orders do not march in step. What the CA says counts more, up to a day.
    static func delay(after error: any Error, failures: Int) -> Duration {
        if let wait = (error as? ConnectorError)?.retryAfter ?? (error as? GraphError)?.retryAfter {
            return min(max(wait, .zero), .seconds(86_400))
        }
        if error is CancellationError { return .zero }
        let isPassing = ["transient", "throttled", "outcomeUnknown"].contains(kind(of: error))
        let seconds = min((isPassing ? 1 : 60) * Double(1 << min(max(failures, 0), 10)), 900)
        return .milliseconds(Int(seconds * Double.random(in: 800...1200)))
    }

    static func kind(of error: any Error) -> String {
        switch error {
        case let error as ConnectorError: error.kind.rawValue
        case let error as GraphError: error.kind.rawValue
        case is CancellationError: "transient"
        default: "configuration"
        }
    }
}

extension Duration {
    /// The duration in seconds, for `Date`.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
