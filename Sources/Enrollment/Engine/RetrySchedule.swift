// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import MicrosoftGraph

/// When failed work is tried again.
enum RetrySchedule {
    /// Doubling from one second to fifteen minutes, with a little chance so that orders do not march in step; what only
    /// an operator can mend is tried once a minute.
    static func delay(after error: any Error, failures: Int) -> Duration {
        if let wait = (error as? ConnectorError)?.retryAfter ?? (error as? GraphError)?.retryAfter { return wait }
        if error is CancellationError { return .zero }
        guard ["transient", "throttled", "outcomeUnknown"].contains(kind(of: error)) else { return .seconds(60) }
        let seconds = min(Double(1 << min(failures, 10)), 900)
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
