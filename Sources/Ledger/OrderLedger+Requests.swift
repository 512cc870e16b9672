// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Records
public import Store

/// What people request for servers. What becomes of a request is decided once: whoever is second is told.
extension OrderLedger {
    /// How requests are listed.
    public static let requestSorting = RequestTable.list.sorting

    /// Requests, newest first in the list's own order.
    ///
    /// - Throws: `ListError`, `StoreError`.
    public func requests(
        _ filter: RequestFilter, _ request: ListRequest = ListRequest()
    ) async throws -> ListPage<SubmittedRequest> {
        let conditions = filter.conditions
        return try await database.read { connection in
            try RequestTable.list.page(request, conditions, on: connection) { try $0.map(RequestTable.request) }
        }
    }

    /// - Parameter word: reference or number.
    /// - Throws: `LedgerError.notPossible` for none.
    public func request(_ word: String) async throws -> SubmittedRequest {
        let word = word.trimmingCharacters(in: .whitespaces).lowercased()
        let found = try await database.read { connection in
            try RequestTable(connection: connection).all(
                "WHERE reference = ? OR id = ?", [.text(word.storable), .integer(Int64(word) ?? -1)])
        }
        guard let request = found.first else {
            throw LedgerError.notPossible("there is no request \(word): 'certway request list' shows them")
        }
        return request
    }

    /// Certificates in use of a key of which another certificate was revoked, or is to be, because it is in wrong hands. Only a requested
    /// one can have a key that others have, too.
    ///
    /// - Throws: `StoreError`.
    public func certificatesOfCompromisedKeys() async throws -> [(serialNumber: String, compromised: String)] {
        try await database.read { try RequestTable(connection: $0).certificatesOfCompromisedKeys() }
    }

    /// The orders of requests, and their certificates, by id of the request; two questions for some hundred of them.
    public func outcomes(
        of requests: [SubmittedRequest]
    ) async throws -> [Int64: (order: Order, certificate: CertificateRecord?)] {
        let now = now()
        let ids = requests.compactMap(\.orderID)
        return try await database.read { connection in
            var orders: [Int64: Order] = [:]
            var certificates: [Int64: CertificateRecord] = [:]
            for list in SQLValueList.lists(ids) {
                let clause = "IN (\(list.places))"
                for order in try OrderTable(connection: connection, now: now).all("WHERE id \(clause)", list.parameters)
                {
                    orders[order.id] = order
                }
                for record in try CertificateTable(connection: connection, now: now).all(
                    "WHERE order_id \(clause)", list.parameters)
                {
                    certificates[record.id] = record
                }
            }
            var found: [Int64: (order: Order, certificate: CertificateRecord?)] = [:]
            for request in requests {
                guard let order = request.orderID.flatMap({ orders[$0] }) else { continue }
                found[request.id] = (order, order.certificateID.flatMap { certificates[$0] })
            }
            return found
        }
    }

    /// What is on record against handing a request in; nil for nothing.
    public func obstacle(toSubmitting new: NewRequest) async throws -> String? {
        let now = now()
        do {
            try await database.read { try RequestTable(connection: $0).require(new, at: now) }
            return nil
        } catch let error as LedgerError {
            return "\(error)"
        }
    }

    /// - Throws: `LedgerError.notPossible` where `approve` would be refused.
    public func requireOrderable(_ request: SubmittedRequest, renewableFor: Double) async throws {
        let now = now()
        try request.requireWaiting()
        try await database.read {
            try RequestTable(connection: $0).require(request, renewableFor: renewableFor, at: now)
        }
    }

    /// Puts a request on record, and orders at once where nobody has to agree: both or neither.
    ///
    /// - Parameters:
    ///   - order: what to order; nil where somebody has to agree first. Gets the request as it is on record.
    ///   - bounds: beyond which somebody has to agree all the same; `cause` says so then.
    public func submit(
        _ new: NewRequest, within bounds: RequestBounds? = nil,
        ordering order: (@Sendable (SubmittedRequest) throws -> NewOrder)?
    ) async throws -> SubmittedRequest {
        let now = now()
        return try await writeBesideOthers { connection in
            try RequestTable(connection: connection).require(new, at: now)
            var request = SubmittedRequest(
                id: try RequestTable.ids.take(on: connection),
                reference: try RequestTable(connection: connection).newReference(for: new),
                template: new.template, requester: new.requester.storable, requesterID: new.requesterID,
                hosts: new.hosts, keyType: new.keyType, csr: new.csr, reason: new.reason, state: .waiting,
                decidedBy: nil, decidedAt: nil, cause: nil, orderID: nil, createdAt: now)
            if let new = try order?(request) {
                request.cause = try bounds?.obstacle(to: new, at: now, on: connection)
                if request.cause == nil {
                    request.orderID = try place(new, now, on: connection).id
                    request.state = .ordered
                }
            }
            try RequestTable(connection: connection).insert(request)
            try AuditTrail.record(
                request.audited(.submitRequest, by: AuditActor(named: new.requester), nil, because: new.reason),
                on: connection)
            return request
        }
    }

    /// Somebody agrees: it is ordered.
    ///
    /// - Parameter renewableFor: how many seconds before its end the same may be ordered again.
    /// - Throws: `LedgerError.notPossible` for one that is decided already, and where the same was ordered since.
    public func approve(
        _ id: Int64, by actor: String, because cause: String, renewableFor: Double = 0,
        ordering order: @escaping @Sendable (SubmittedRequest) throws -> NewOrder
    ) async throws -> SubmittedRequest {
        try await decide(id, .ordered, .approveRequest, actor, cause) { request, now, connection in
            try RequestTable(connection: connection).require(request, renewableFor: renewableFor, at: now)
            request.orderID = try place(order(request), now, on: connection).id
        }
    }

    /// - Throws: as `approve`.
    public func deny(_ id: Int64, by actor: String, because cause: String) async throws -> SubmittedRequest {
        try await decide(id, .denied, .denyRequest, actor, cause) { _, _, _ in }
    }

    /// Whoever had asked takes it back.
    ///
    /// - Throws: as `approve`.
    public func withdrawRequest(_ id: Int64, by actor: String) async throws -> SubmittedRequest {
        try await decide(id, .withdrawn, .withdrawRequest, actor, "") { _, _, _ in }
    }

    private func decide(
        _ id: Int64, _ state: SubmittedRequest.State, _ action: AuditAction, _ actor: String, _ cause: String,
        _ body: @escaping @Sendable (inout SubmittedRequest, Date, any SQLConnection) throws -> Void
    ) async throws -> SubmittedRequest {
        let now = now()
        return try await writeBesideOthers { connection in
            let table = RequestTable(connection: connection)
            let before = try table.locked(id)
            try before.requireWaiting()
            var after = before
            (after.state, after.decidedBy, after.decidedAt) = (state, actor, now)
            after.cause = cause.isEmpty ? nil : cause
            try body(&after, now, connection)
            try table.save(after)
            try AuditTrail.record(
                after.audited(action, by: AuditActor(named: actor), before, because: cause), on: connection)
            return after
        }
    }

    func place(_ new: NewOrder, _ now: Date, on connection: any SQLConnection) throws -> Order {
        let table = OrderTable(connection: connection, now: now)
        let earlier = try EarlierOrders(of: [new], on: connection)
        if let obstacle = earlier.obstacle(to: new) { throw try table.error(obstacle, new) }
        let secret = try OrderReference.secret(on: connection)
        return try table.insert([(new, earlier.reference(for: new, secret: secret))])[0]
    }
}

extension SubmittedRequest {
    /// - Throws: `LedgerError.notPossible` for one that is decided.
    public func requireWaiting() throws {
        guard state != .waiting else { return }
        let who = decidedBy.map { " by \($0)" } ?? ""
        throw LedgerError.notPossible("request \(reference) is \(state.rawValue) already\(who): nothing was changed")
    }

    func audited(
        _ action: AuditAction, by actor: AuditActor, _ before: SubmittedRequest?, because cause: String
    ) -> AuditEntry {
        AuditEntry(
            action, AuditObject(.request, reference), by: actor, person: requester, before: before?.facts,
            after: facts, reason: cause)
    }

    private var facts: JSONValue {
        [
            "template": .string(template), "hosts": JSONValue(hosts), "key": .string(keyType),
            "state": .string(state.rawValue), "decidedBy": JSONValue(decidedBy),
        ]
    }
}
