// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Records
public import Store

/// What becomes of requests once they are ordered, and who is to be told of it: nothing follows on a request by itself.
extension OrderLedger {
    /// What has become of a template's ordered requests, but for those whose certificate was over at a date already.
    public func orderedRequests(of template: String, endingAfter date: Date) async throws -> OrderedRequests {
        let requests = try await database.read { connection in
            try RequestTable(connection: connection).all(
                """
                WHERE template = ? AND state = ? AND EXISTS (SELECT 1 FROM orders o \
                LEFT JOIN certificates c ON c.id = o.certificate_id WHERE o.id = certificate_requests.order_id \
                AND (o.certificate_id IS NULL OR c.not_after > ?)) ORDER BY id
                """,
                [.text(template), SQLValue(SubmittedRequest.State.ordered), SQLValue(date)])
        }
        let outcomes = try await outcomes(of: requests)
        return OrderedRequests(
            all: requests.compactMap { request in
                outcomes[request.id].map { (request, $0.order, $0.certificate) }
            })
    }

    /// Requests that wait for somebody's decision, the longest waiting first.
    public func waitingRequests(of template: String) async throws -> [SubmittedRequest] {
        try await database.read { connection in
            try RequestTable(connection: connection).all(
                "WHERE template = ? AND state = ? ORDER BY id",
                [.text(template), SQLValue(SubmittedRequest.State.waiting)])
        }
    }

    /// Who has handed in a request: name, and id where there is one; nil where there is no such request.
    public static func requester(
        of reference: String, in database: any SQLDatabase
    ) async throws -> (name: String, id: OwnerID?)? {
        try await database.read { connection in
            try RequestTable(connection: connection).all("WHERE reference = ?", [.text(reference)]).first.map {
                ($0.requester, $0.requesterID.map(OwnerID.init(text:)))
            }
        }
    }

    /// Orders once more for a request whose order has ended without a certificate.
    ///
    /// - Parameter renewableFor: as for `approve`.
    /// - Throws: `LedgerError.notPossible` for an order that has not ended so, or that no request has any more, and where the same was
    ///   ordered since.
    public func orderAgain(
        requested order: Order, by actor: String, because cause: String, renewableFor: Double = 0,
        _ ordering: @escaping @Sendable (SubmittedRequest) throws -> NewOrder
    ) async throws -> Order {
        let now = now()
        return try await writeBesideOthers { connection in
            let table = RequestTable(connection: connection)
            let lock = connection.dialect.rowLock
            guard let before = try table.all("WHERE order_id = ?", [.integer(order.id)], lock: lock).first else {
                throw LedgerError.notPossible("request of order \(order.reference): another order has taken its place")
            }
            let former = try OrderTable(connection: connection, now: now).locked("id = ?", [.integer(order.id)])
            guard let former = former.first, former.stage.isFinal, former.certificateID == nil else {
                throw LedgerError.notPossible(
                    "order \(order.reference) has not ended without a certificate: hand in a new request")
            }
            try table.require(before, renewableFor: renewableFor, at: now)
            let new = try place(ordering(before), now, on: connection)
            var after = before
            // Whoever orders it once more agrees to it, also where nobody had to at first.
            (after.orderID, after.decidedBy, after.decidedAt) = (new.id, actor, now)
            try table.save(after)
            try AuditTrail.record(
                after.audited(.approveRequest, by: AuditActor(named: actor), before, because: cause), on: connection)
            return new
        }
    }
}

extension Order {
    /// The request that it was ordered for; nil for a person's or a mailbox's.
    public var requestReference: String? { SubmittedRequest.reference(of: subscriberID) }
}
