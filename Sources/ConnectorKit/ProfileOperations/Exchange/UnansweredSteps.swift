// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Foundation
internal import Synchronization

/// Follow-ups that may issue a certificate, and whose answer did not come. Such a step is a submission of its own: before the CA's lists
/// surely show what it has made of it, it is not sent again.
final class UnansweredSteps: Sendable {
    /// Under which name an order's ids say, to the next process, when its last step was left unanswered; in seconds since 1970.
    private static let name = "unansweredAt"

    private let moments = Mutex<[String: Duration]>([:])

    /// The order as it waits for its next step; nil when that may be sent.
    func waiting(_ order: CAOrder, _ clock: any ConnectorClock, settle: Duration) -> PendingOrder? {
        guard let told = order.identifiers[Self.name].flatMap(Double.init) else { return nil }
        // A clock that is set proves nothing where this process knows better.
        let passed =
            moments.withLock { $0[order.caRequestID] }.map { clock.uptime() - $0 }
            ?? .seconds(clock.now().timeIntervalSince1970 - told)
        guard passed < settle else { return nil }
        return PendingOrder(
            order: order, waitingFor: .certificateAuthority,
            detail:
                "the CA was asked for the certificate and gave no answer; it is asked again once it has surely not issued it"
        )
    }

    /// The order waits: what was sent may have been executed.
    func note(_ order: CAOrder, _ error: ConnectorError?, _ clock: any ConnectorClock) -> PendingOrder {
        moments.withLock { $0[order.caRequestID] = clock.uptime() }
        let mark = [Self.name: "\(Int(clock.now().timeIntervalSince1970))"]
        let cause = error.map { "\($0.message); " } ?? ""
        return PendingOrder(
            order: CAOrder(
                caRequestID: order.caRequestID, identifiers: order.identifiers.merging(mark) { _, new in new }),
            waitingFor: .certificateAuthority, detail: "\(cause)the CA may have issued the certificate all the same")
    }
}
