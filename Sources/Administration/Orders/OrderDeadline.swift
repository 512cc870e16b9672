// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
import Ledger
import Settings

/// By when an order has to move on.
public struct OrderDeadline: Sendable, Hashable {
    public enum Cause: String, Sendable {
        /// The certificate that it replaces ends.
        case certificateEnds
        /// The CA ends the order (`backendCAs[].pendingEndsAfter`).
        case endsAtCA
        /// It is cancelled, and ordered again once (`templates[].pendingEndsAfter`).
        case cancelled
    }

    public let at: Date
    public let cause: Cause

    /// The first that there is; nil for none.
    ///
    /// - Parameter certificateEnds: when the certificate ends that the order replaces; nil for none.
    init?(_ order: Order, certificateEnds: Date?, _ configuration: GatewayConfiguration) {
        var deadlines: [(Date, Cause)] = []
        if let certificateEnds { deadlines.append((certificateEnds, .certificateEnds)) }
        if order.stage == .pending, let left = order.submittedAt {
            func add(_ duration: Duration?, _ cause: Cause) {
                if let duration { deadlines.append((left + duration.seconds, cause)) }
            }
            add(configuration.backendCA(order.backendCA)?.pendingEndsAfter, .endsAtCA)
            add(configuration.template(order.template)?.pendingEndsAfter, .cancelled)
        }
        guard let first = deadlines.min(by: { $0.0 < $1.0 }) else { return nil }
        (at, cause) = first
    }

    /// In words, behind the day.
    public var words: String {
        switch cause {
        case .certificateEnds: "the certificate in use ends"
        case .endsAtCA: "the CA ends it"
        case .cancelled: "it is cancelled and ordered again once"
        }
    }

    public var json: JSONValue { ["at": .string(at.ISO8601Format()), "cause": .string(cause.rawValue)] }
}
