// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// What an open order waits for.
public enum OrderWait: String, Sendable, Hashable, CaseIterable, SQLRepresentable {
    /// The person has to confirm to the CA that an address is theirs.
    case subscriber
    /// Somebody has to approve the order at the CA.
    case approver
    /// The CA is working.
    case certificateAuthority
    /// A person here, or somebody who acts for us at the CA, has to do something.
    case `operator`
    /// Nobody knows what became of the call to the CA.
    case inDoubt
    /// As many orders as may leave before the first certificate is accepted have left.
    case limit
    /// The last step has failed and is tried again by itself.
    case failed
    /// Nobody: the gateway takes it up when its turn comes.
    case gateway

    /// The same question as `Order.wait`, put to the database.
    ///
    /// - Parameter stopped: backend CAs whose orders do not leave before their first certificate is accepted.
    static func expression(stopped: [String]) -> (text: String, parameters: [SQLValue]) {
        let places = stopped.map { _ in "?" }.joined(separator: ", ")
        let limit =
            stopped.isEmpty
            ? ""
            : "WHEN stage IN ('planned', 'keyed') AND cancel_requested = 0 AND backend_ca IN (\(places)) THEN 'limit' "
        return (
            """
            CASE WHEN held = 1 AND (stage = 'submitted' AND ca_request_id IS NULL OR doubt IS NOT NULL) THEN 'inDoubt' \
            WHEN held = 1 THEN 'operator' WHEN doubt IS NOT NULL THEN 'inDoubt' \
            WHEN error_kind = 'outcomeUnknown' THEN 'inDoubt' WHEN error_kind IS NOT NULL THEN 'failed' \
            WHEN stage = 'submitted' AND lease_owner IS NULL THEN 'inDoubt' \
            WHEN stage = 'submitted' THEN 'certificateAuthority' \
            WHEN stage = 'keyed' AND attempt > 0 THEN 'failed' \
            WHEN stage = 'pending' AND waiting_for IN ('subscriber', 'approver', 'operator') THEN waiting_for \
            WHEN stage = 'pending' THEN 'certificateAuthority' \(limit)ELSE 'gateway' END
            """, stopped.map(SQLValue.text)
        )
    }
}

extension Order {
    /// What it waits for; nil for one that is not open.
    public var wait: OrderWait? {
        guard stage.isOpen else { return nil }
        // Where the CA has said under which id it has the order, something else holds it.
        if isHeld { return stage == .submitted && caRequestID == nil || doubt != nil ? .inDoubt : .operator }
        // The raw value of `ConnectorError.Kind`.
        if doubt != nil || errorKind == "outcomeUnknown" { return .inDoubt }
        if errorKind != nil { return .failed }
        switch stage {
        case .submitted: return leaseOwner == nil ? .inDoubt : .certificateAuthority
        case .keyed where attempt > 0: return .failed
        case .pending:
            let party = waitingFor.flatMap(OrderWait.init)
            return party.flatMap { Self.parties.contains($0) ? $0 : nil } ?? .certificateAuthority
        default: return waits == nil ? .gateway : .limit
        }
    }

    /// Whom a CA may say that it waits for, besides itself.
    private static let parties: Set<OrderWait> = [.subscriber, .approver, .operator]
}
