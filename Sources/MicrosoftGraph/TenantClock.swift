// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
public import Foundation
import HTTPTransport
import Synchronization

/// How far this machine's clock is from Microsoft's, by the `Date` of the tenant's latest answers (RFC 9110 section 6.6.1).
///
/// Renewals, graces and deadlines go by this machine's clock; set wrong by weeks, it would renew and revoke what is not due.
public final class TenantClock: Sendable {
    /// So far apart nothing is ordered or ended by the calendar.
    public static let bound: TimeInterval = 2 * 86_400

    /// How many answers tell the time.
    public static let count = 3
    private let latest = Mutex<[TimeInterval]>([])

    public init() {}

    /// Seconds by which this machine is ahead; nil before there are enough answers. Of the latest ones the one that says the least
    /// counts: a single one may come from a proxy.
    public var difference: TimeInterval? {
        latest.withLock { known in known.count < Self.count ? nil : known.min { abs($0) < abs($1) } }
    }

    func note(_ answer: HTTPResponse, at now: Date) {
        guard let date = answer.headers["Date"].flatMap(HTTPDate.parse) else { return }
        latest.withLock { $0 = $0.suffix(Self.count - 1) + [now.timeIntervalSince(date)] }
    }
}
