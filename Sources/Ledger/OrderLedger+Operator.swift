// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
public import Records
import Store

/// What people do to orders. Each leaves an event that names the person.
extension OrderLedger {
    /// Stops all work on an open order until `releaseHold` or `retry`.
    ///
    /// - Throws: `LedgerError.noSuchOrder`, `.notPossible` for an order that has ended.
    @discardableResult
    public func hold(_ orderID: Int64, reason: String, by actor: String) async throws -> Order {
        try await operate(orderID, by: actor, .holdOrder, "held", "held by \(actor): \(reason)", because: reason) {
            order, _ in
            try order.requireOpen()
            order.holdReason = reason
        }
    }

    /// Lets work on a held order go on at once.
    ///
    /// - Throws: `LedgerError.noSuchOrder`, `.notPossible` for an order that is not held.
    @discardableResult
    public func releaseHold(_ orderID: Int64, by actor: String) async throws -> Order {
        try await operate(orderID, by: actor, .releaseOrder, "released", "released by \(actor)") { order, _ in
            guard order.isHeld else { throw LedgerError.notPossible("order \(order.reference) is not held") }
            order.holdReason = nil
            order.nextActionAt = nil
        }
    }

    /// Works on an order again, at once: an open one without its hold or delay, a failed one from where it was.
    ///
    /// - Throws: `LedgerError.noSuchOrder`; `.notPossible` for other ends, or if the key is gone; `.alreadyOpen` or
    ///   `.alreadyActive` if a newer order took the place of the failed one.
    @discardableResult
    public func retry(_ orderID: Int64, by actor: String) async throws -> Order {
        try await operate(orderID, by: actor, .retryOrder, "retried", "retried by \(actor)") { order, table in
            try order.require(.retry)
            if !order.stage.isOpen { order.stage = try table.stageForRetry(order) }
            order.holdReason = nil
            order.nextActionAt = nil
            order.failures = 0
            order.errorKind = nil
        }
    }

    /// Cancels an order that has not left for the CA; for another one asks whoever works on it to cancel it at the CA.
    ///
    /// - Parameter cause: why, for the record.
    /// - Throws: `LedgerError.noSuchOrder`, `.notPossible` for an order that has ended or has its certificate already, and for
    ///   one that is held in doubt: after its end nobody looks for a certificate that may exist.
    @discardableResult
    public func requestCancel(_ orderID: Int64, by actor: String, because cause: String = "") async throws -> Order {
        try await operate(
            orderID, by: actor, .cancelOrder, "cancelRequested", "cancelled by \(actor)", because: cause
        ) { order, _ in
            try order.require(.cancel)
            order.holdReason = nil
            order.nextActionAt = nil
            order.cancelRequested = true
            if order.attempt == 0 && order.leaseOwner == nil {
                OrderChange("cancelled", "cancelled by \(actor)").stage(.cancelled).apply(to: &order)
            }
        }
    }

    /// A person has looked: no certificate of the order is in force at the CA, and none will come. It ends here, and nobody asks the
    /// CA about it again. People err: its key is kept as that of every order that had left, and `declareFound` takes it up again.
    ///
    /// - Throws: `LedgerError.noSuchOrder`; `.notPossible` for an order that has ended or has its certificate already, while
    ///   somebody works on it, and while its answer is unknown and the gateway itself is still searching.
    @discardableResult
    public func cancelAbsent(_ orderID: Int64, by actor: String) async throws -> Order {
        let sentence = "cancelled by \(actor), who says that no certificate of it is in force at the CA"
        return try await operate(orderID, by: actor, .cancelOrder, Self.saidAbsentEvent, sentence) { order, _ in
            try order.require(.cancelAbsent)
            OrderChange("cancelled", sentence).stage(.cancelled).apply(to: &order)
            order.holdReason = nil
        }
    }

    /// A person has looked: the CA does not have the order. It is submitted again.
    ///
    /// Only while the order is held in doubt: a call that is still under way may make it after the person has looked.
    ///
    /// - Throws: `LedgerError.noSuchOrder`, `.notPossible` unless the answer to a submission is unknown, nobody works on the
    ///   order and it is held.
    @discardableResult
    public func declareAbsent(_ orderID: Int64, by actor: String) async throws -> Order {
        try await operate(orderID, by: actor, .missOrder, "absent", "\(actor) says that the CA does not have the order")
        {
            order, _ in
            try order.require(.declareAbsent)
            OrderChange("absent", "").stage(.keyed).apply(to: &order)
            order.holdReason = nil
            order.nextActionAt = nil
        }
    }

    /// Kind of the event of an order that has ended by the word of a person who says that the CA has no certificate of it.
    static let saidAbsentEvent = "cancelledAbsent"

    /// Whether a person may say under which id the CA has the order, before the CA is asked.
    ///
    /// - Throws: as `declareFound`.
    public func requireFindable(_ orderID: Int64, caRequestID: String) async throws {
        let now = now()
        try await database.read { connection in
            let table = OrderTable(connection: connection, now: now)
            guard let order = try table.all("WHERE id = ?", [.integer(orderID)]).first else {
                throw LedgerError.noSuchOrder("\(orderID)")
            }
            try table.requireFindable(order, as: caRequestID)
        }
    }

    /// A person has looked: the CA has the order, under this id, and the CA's order of that id was compared with ours by
    /// `OrderPolling.examine`. One that had ended without a certificate goes on.
    ///
    /// - Throws: `LedgerError.noSuchOrder`, `.notPossible` while somebody works on the order, unless the answer to its submission is
    ///   unknown and it is held, or it is pending under another id, which is a wrong one then, or it has ended without a certificate and
    ///   its key is kept; and when another order has this id. `.alreadyOpen`, `.alreadyActive` where another one has taken its place.
    @discardableResult
    public func declareFound(_ orderID: Int64, caRequestID: String, by actor: String) async throws -> Order {
        try await operate(
            orderID, by: actor, .findOrder, "found", "\(actor) says that the CA has the order as \(caRequestID)"
        ) {
            order, table in
            try table.requireFindable(order, as: caRequestID)
            if order.stage.isFinal {
                OrderChange("found", "").stage(.submitted).apply(to: &order)
                order.cancelRequested = false
            }
            // What goes with a wrong id is another order's, too.
            if order.caRequestID != caRequestID { order.caIdentifiers = [:] }
            order.caRequestID = caRequestID
            order.holdReason = nil
            order.nextActionAt = nil
            order.failures = 0
            order.errorKind = nil
        }
    }

    /// Puts something a person did with an order on record, such as the recovery of its key.
    @discardableResult
    public func note(
        _ orderID: Int64, _ action: AuditAction, _ kind: String, _ message: String, data: [String: JSONValue] = [:],
        by actor: String
    ) async throws -> Order {
        try await operate(orderID, by: actor, action, kind, message, data: data) { _, _ in }
    }

    /// Puts on record that the CA is asked to write to the subscriber again, before it is: of several who ask at once one may.
    ///
    /// - Throws: `LedgerError.notPossible` where it was asked just now.
    public func noteMail(_ orderID: Int64, by actor: String) async throws -> Order {
        let now = now()
        return try await operate(
            orderID, by: actor, .mailOrder, MailReminder.event,
            "the CA is asked by \(actor) to send its validation mail again"
        ) { order, table in
            try Self.mailReminders([orderID], on: table.connection)[orderID]?.requireRested(at: now, order.reference)
        }
    }

    /// Asks whoever works on the order to cancel it at the CA, because it has waited there for as long as its template allows: another
    /// one may follow, where a cancellation by a person says that none is to.
    ///
    /// - Parameter cause: how long that was, for people.
    /// - Throws: as `requestCancel`.
    @discardableResult
    public func letLapse(_ orderID: Int64, because cause: String) async throws -> Order {
        try await operate(
            orderID, by: Self.planner, .cancelOrder, OrderEnding.lapsedEvent, "\(cause): it is cancelled",
            because: cause
        ) { order, _ in
            try order.requireWithoutCertificate()
            guard order.stage == .pending, !order.isHeld else {
                throw LedgerError.notPossible("order \(order.reference) does not wait at its CA")
            }
            order.nextActionAt = nil
            order.cancelRequested = true
        }
    }

    /// The one way in which somebody's word changes an order: with its event, and with its record in the audit trail. A refusal to a
    /// person is put on record, too.
    private func operate(
        _ orderID: Int64, by actor: String, _ action: AuditAction, _ kind: String, _ message: String,
        because cause: String = "", data: [String: JSONValue] = [:],
        _ change: @escaping @Sendable (inout Order, OrderTable) throws -> Void
    ) async throws -> Order {
        let now = now()
        do {
            return try await database.write { connection in
                let table = OrderTable(connection: connection, now: now)
                let before = try table.locked(orderID)
                var after = before
                try change(&after, table)
                // What it waits for is so after a mail as before it.
                if kind != MailReminder.event { after.detail = message }
                let event = OrderChange.Event(
                    kind: kind, message: message, data: .object(data.merging(["by": .string(actor)]) { $1 }))
                let saved = try table.save(before, as: after, [event])
                try AuditTrail.record(
                    before.audited(action, by: AuditActor(named: actor), as: saved, because: cause), on: connection)
                return saved
            }
        } catch let error as LedgerError {
            try await noteRefusal(of: action, orderID, by: AuditActor(named: actor), "\(error)", because: cause)
            throw error
        }
    }
}

extension OrderTable {
    /// - Parameter id: under which the CA is said to have the order.
    fileprivate func requireFindable(_ order: Order, as id: String) throws {
        try order.requireFindable(as: id)
        let other = try first(
            where: "backend_ca = ? AND ca_request_id = ? AND id <> ?",
            [.text(order.backendCA), .text(id), .integer(order.id)])
        if let other {
            throw LedgerError.notPossible(
                "\(id) at \(order.backendCA) is order \(other.reference) of \(other.userPrincipalName)")
        }
        if order.stage.isFinal { try requireRevivable(order) }
    }
}
