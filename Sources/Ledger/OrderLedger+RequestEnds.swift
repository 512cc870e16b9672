// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Records
public import Store

/// What becomes of requests once they are ordered, and who is to be told of it: nothing follows on a request by itself.
extension OrderLedger {
    /// Certificates of requests that end until a date, and that no newer certificate for the same hosts has followed, the earliest first.
    /// Reads all ordered requests of the template.
    ///
    /// - Parameter start: what has ended before is left out; nil for what has ended at all.
    public func endingRequests(
        of template: String, from start: Date? = nil, until date: Date
    ) async throws -> [(request: SubmittedRequest, certificate: CertificateRecord)] {
        let now = now()
        let requests = try await ordered(template)
        let outcomes = try await outcomes(of: requests)
        let issued = requests.compactMap { request in
            outcomes[request.id]?.certificate.map { (request: request, certificate: $0) }
        }
        var latest: [Set<String>: Date] = [:]
        // Also one that was revoked: whoever has revoked it knows.
        for (request, certificate) in issued {
            latest.merge([Set(request.hosts): certificate.notAfter], uniquingKeysWith: max)
        }
        return issued.filter {
            [.active, .expired].contains($0.certificate.status) && $0.certificate.notAfter > start ?? now
                && $0.certificate.notAfter <= date
                && latest[Set($0.request.hosts)] == $0.certificate.notAfter
        }.sorted { $0.certificate.notAfter < $1.certificate.notAfter }
    }

    /// Requests whose order has ended without a certificate since a date, and that no newer request for the same hosts has followed.
    public func failedRequests(
        of template: String, since date: Date
    ) async throws -> [(request: SubmittedRequest, order: Order)] {
        let requests = try await ordered(template)
        let outcomes = try await outcomes(of: requests)
        let newest = Dictionary(requests.map { (Set($0.hosts), $0.id) }, uniquingKeysWith: max)
        return requests.compactMap { request in
            guard let order = outcomes[request.id]?.order, order.stage.isFinal, order.certificateID == nil,
                order.updatedAt > date, newest[Set(request.hosts)] == request.id
            else { return nil }
            return (request, order)
        }
    }

    /// Requests that wait for somebody's decision, the longest waiting first.
    public func waitingRequests(of template: String) async throws -> [SubmittedRequest] {
        try await database.read { connection in
            try RequestTable(connection: connection).all(
                "WHERE template = ? AND state = ? ORDER BY id",
                [.text(template), SQLValue(SubmittedRequest.State.waiting)])
        }
    }

    private func ordered(_ template: String) async throws -> [SubmittedRequest] {
        try await database.read { connection in
            try RequestTable(connection: connection).all(
                "WHERE template = ? AND state = ? ORDER BY id",
                [.text(template), SQLValue(SubmittedRequest.State.ordered)])
        }
    }

    /// Who has handed in a request: name, and object id in the tenant where there is one; nil where there is no such request.
    public static func requester(
        of reference: String, in database: any SQLDatabase
    ) async throws -> (name: String, id: String?)? {
        try await database.read { connection in
            try RequestTable(connection: connection).all("WHERE reference = ?", [.text(reference)]).first.map {
                ($0.requester, $0.requesterID)
            }
        }
    }

    /// Orders once more for a request whose order has ended without a certificate.
    ///
    /// - Throws: `LedgerError.notPossible` for an order that has not ended so, or that no request has any more.
    public func orderAgain(
        requested order: Order, by actor: String, because cause: String,
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
            let new = try place(ordering(before), now, on: connection)
            var after = before
            after.orderID = new.id
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
