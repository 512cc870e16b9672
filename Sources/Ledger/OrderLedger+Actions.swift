// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Records
public import Store

/// What is asked to be done to certificates after they were issued.
extension OrderLedger {
    /// Puts a wish on record; lanes carry it out. One of the kind that is under way or has happened already is returned as it is; one of
    /// which nothing has left yet takes over what is sooner or graver in the new one.
    ///
    /// - Throws: `LedgerError.notPossible` when there is no such certificate; `StoreError`.
    @discardableResult
    public func ask(_ new: NewCertificateAction) async throws -> CertificateAction {
        try await ask([new])[0]
    }

    /// Puts many wishes on record in one transaction; 500 are a good size.
    ///
    /// - Parameter lease: the right to decide, where several nodes may have it; one that is lost asks for nothing.
    /// - Returns: the actions in the order of the wishes.
    /// - Throws: as `ask(_:)`, and nothing is asked for then; `LedgerError.notInCharge`.
    @discardableResult
    public func ask(_ batch: [NewCertificateAction], under lease: NodeLease? = nil) async throws -> [CertificateAction]
    {
        try await writeBesideOthers { connection in
            try lease?.require(on: connection)
            return try ask(batch, on: connection)
        }
    }

    /// The same inside a transaction of the caller, which commits or undoes it with what else belongs to it.
    ///
    /// - Throws: as `ask(_:)`; `StoreError` with code `constraint` when another node asked for the same at the same time: the
    ///   transaction is to be repeated then.
    public func ask(
        _ batch: [NewCertificateAction], on connection: any SQLConnection
    ) throws -> [CertificateAction] {
        let now = now()
        let table = CertificateActionTable(connection: connection, now: now)
        let orders = OrderTable(connection: connection, now: now)
        let certificates = try Self.actionTargets(batch.map(\.certificateID), on: connection)
        // Orders before actions, and each in the order of its ids: so that two who lock several do not wait for each other.
        let ids = Set(certificates.values.map(\.orderID)).sorted()
        var locked: [Int64: Order] = [:]
        for list in SQLValueList.lists(ids) {
            for order in try orders.locked("id IN (\(list.places))", list.parameters) { locked[order.id] = order }
        }
        var standing = try table.standing(certificates.keys.sorted())
        for new in batch where certificates[new.certificateID] == nil {
            throw LedgerError.notPossible("there is no certificate \(new.certificateID) in the ledger")
        }
        var keys = Set(standing.keys)
        var said: Set<Int64> = []
        func join(_ new: NewCertificateAction) throws {
            guard let before = standing[new.openKey], let after = before.joined(by: new, at: now) else { return }
            guard let certificate = certificates[new.certificateID], let order = locked[certificate.orderID],
                try table.save(before, as: after)
            else { throw StoreError(.busy, "action \(before.id) was changed at the same time: try again") }
            standing[new.openKey] = after
            said.insert(new.certificateID)
            locked[order.id] = try orders.note(
                after, "Changed", after.asked(certificate.serialNumber), order, by: new.actor)
            try AuditTrail.record(
                after.audited(
                    after.kind == .revoke ? .revokeCertificate : .withdrawCertificate, certificate.serialNumber,
                    by: AuditActor(named: new.actor), person: order.userPrincipalName, from: before, because: new.cause),
                on: connection)
        }
        for new in batch { try join(new) }
        // A withdrawal leaves when the revocation does to which it belongs, whichever was brought forward.
        func withdrawal(of certificateID: Int64) -> NewCertificateAction? {
            standing[CertificateAction.openKey(.revoke, certificateID)].flatMap {
                $0.reason == .keyCompromise ? $0 : nil
            }.map {
                .withdraw(certificateID: certificateID, cause: $0.cause, actor: $0.actor, notBefore: $0.notBefore)
            }
        }
        for new in batch where new.kind == .revoke {
            if let wish = withdrawal(of: new.certificateID) { try join(wish) }
        }
        let missing = batch.filter { keys.insert($0.openKey).inserted }.map { new in
            guard new.kind == .withdraw, let date = new.notBefore, let wish = withdrawal(of: new.certificateID),
                wish.notBefore.map({ $0 < date }) ?? true
            else { return new }
            var sooner = new
            sooner.notBefore = wish.notBefore
            return sooner
        }
        try noteCompromised(batch, said: said.union(missing.map(\.certificateID)), now, on: connection)
        guard !missing.isEmpty else { return batch.compactMap { standing[$0.openKey] } }
        let first = try CertificateActionTable.ids.take(missing.count, on: connection)
        var made: [CertificateAction] = []
        for (index, new) in missing.enumerated() {
            guard let certificate = certificates[new.certificateID], let order = locked[certificate.orderID] else {
                throw LedgerError.noSuchOrder("of certificate \(new.certificateID)")
            }
            let action = Self.action(first + Int64(index), new, certificate, now)
            standing[new.openKey] = action
            made.append(action)
            locked[order.id] = try orders.note(action, "Asked", action.asked(certificate.serialNumber), order)
        }
        try table.insert(made)
        try AuditTrail.record(
            made.compactMap { action in
                certificates[action.certificateID].map { target in
                    action.audited(
                        action.kind == .revoke ? .revokeCertificate : .withdrawCertificate, target.serialNumber,
                        by: AuditActor(named: action.actor), person: locked[action.orderID]?.userPrincipalName)
                }
            }, on: connection)
        return batch.compactMap { standing[$0.openKey] }
    }

    /// - Parameter said: certificates of which a record of a wish says it already.
    private func noteCompromised(
        _ batch: [NewCertificateAction], said: Set<Int64>, _ now: Date, on connection: any SQLConnection
    ) throws {
        let compromised = batch.filter { $0.kind == .revoke && $0.reason == .keyCompromise }
        for (word, group) in Dictionary(grouping: compromised, by: { [$0.actor, $0.cause] }) {
            for (since, same) in Dictionary(grouping: group, by: { $0.notBefore ?? now }) {
                try CompromisedKeyTable(connection: connection).note(
                    same.map(\.certificateID), since: since, by: AuditActor(named: word[0]), because: word[1],
                    said: said)
            }
        }
    }

    private static func action(
        _ id: Int64, _ new: NewCertificateAction, _ target: ActionTarget, _ now: Date
    ) -> CertificateAction {
        var action = CertificateAction(
            id: id, kind: new.kind, certificateID: new.certificateID, orderID: target.orderID,
            backendCA: target.backendCA, reason: new.reason, cause: new.cause, actor: new.actor, askedAt: now,
            notBefore: new.notBefore?.roundedToMilliseconds, isOrderedAgain: new.isOrderedAgain, state: .asked,
            attempts: 0, failures: 0, looks: 0,
            updatedAt: now, fence: 0)
        if new.kind == .revoke, target.status == .revoked {
            // Nothing is left to ask the CA for; what it publishes is looked at all the same.
            action.state = .done
            action.takenAt = now
            action.nextActionAt = now
            action.detail = "was revoked already"
        }
        return action
    }

    /// Takes a wish back, as long as nothing has left.
    ///
    /// - Throws: `LedgerError.notPossible` when something has, or there is no such action.
    @discardableResult
    public func undo(_ id: Int64, by actor: String) async throws -> CertificateAction {
        try await operate(id, by: actor, (.undoRevocation, .undoWithdrawal), "Undone", "taken back by \(actor)") {
            action in
            try action.requireUndoable()
            action.state = .undone
            action.holdReason = nil
            action.nextActionAt = nil
        }
    }

    /// Works on an action again, at once: without its hold or delay. One that has failed is asked for anew instead.
    ///
    /// - Throws: `LedgerError.notPossible` for one that is not open.
    @discardableResult
    public func retry(action id: Int64, by actor: String) async throws -> CertificateAction {
        try await operate(id, by: actor, (.retryRevocation, .retryWithdrawal), "Retried", "tried again for \(actor)") {
            action in
            try action.requireRetryable()
            action.holdReason = nil
            action.nextActionAt = nil
            action.failures = 0
            action.errorKind = nil
        }
    }

    /// Whoever works on it loses it: the fence grows.
    private func operate(
        _ id: Int64, by actor: String, _ names: (revocation: AuditAction, withdrawal: AuditAction), _ event: String,
        _ sentence: String, _ change: @escaping @Sendable (inout CertificateAction) throws -> Void
    ) async throws -> CertificateAction {
        do {
            return try await carryOut(id, by: actor, names, event, sentence, change)
        } catch let error as LedgerError {
            let kind = try await action(id)?.kind
            try await noteRefusal(
                of: kind == .withdraw ? names.withdrawal : names.revocation, action: id, by: AuditActor(named: actor),
                "\(error)")
            throw error
        }
    }

    private func carryOut(
        _ id: Int64, by actor: String, _ names: (revocation: AuditAction, withdrawal: AuditAction), _ event: String,
        _ sentence: String, _ change: @escaping @Sendable (inout CertificateAction) throws -> Void
    ) async throws -> CertificateAction {
        let now = now()
        return try await database.write { connection in
            let table = CertificateActionTable(connection: connection, now: now)
            guard let known = try table.all("WHERE id = ?", [.integer(id)]).first else {
                throw LedgerError.notPossible("there is no action \(id)")
            }
            let orders = OrderTable(connection: connection, now: now)
            var order = try orders.locked(known.orderID)
            func alter(_ id: Int64) throws -> CertificateAction {
                guard let before = try table.locked("id = ?", [.integer(id)]).first else {
                    throw LedgerError.notPossible("there is no action \(id)")
                }
                var after = before
                try change(&after)
                (after.leaseOwner, after.leaseUntil, after.fence) = (nil, nil, before.fence + 1)
                after.detail = sentence
                after.updatedAt = now
                guard try table.save(before, as: after) else {
                    throw StoreError(.busy, "action \(id) was changed at the same time: try again")
                }
                order = try orders.note(after, event, "\(after.kind.noun) \(sentence)", order, by: actor)
                let serial = try CertificateTable(connection: connection, now: now).serialNumber(
                    of: after.certificateID)
                try AuditTrail.record(
                    after.audited(
                        after.kind == .revoke ? names.revocation : names.withdrawal, serial,
                        by: AuditActor(named: actor), person: order.userPrincipalName, from: before), on: connection)
                return after
            }
            let after = try alter(id)
            if after.state == .undone, after.kind == .revoke, after.reason == .keyCompromise {
                try CompromisedKeyTable(connection: connection).forget(after.certificateID)
            }
            // A withdrawal that has left stays as it is.
            for withdrawal in try table.standing([after.certificateID]).values where withdrawal.goesWith(after) {
                do { _ = try alter(withdrawal.id) } catch is LedgerError {}
            }
            // What was left alone because it was to end is looked at again: it may have changed meanwhile.
            try orders.noteStandings(of: [order])
            return after
        }
    }
}

/// What an action needs to know of its certificate.
struct ActionTarget {
    let orderID: Int64
    let backendCA: String
    let serialNumber: String
    let status: CertificateStatus
}

extension OrderLedger {
    private static func actionTargets(
        _ ids: [Int64], on connection: any SQLConnection
    ) throws -> [Int64: ActionTarget] {
        var targets: [Int64: ActionTarget] = [:]
        for list in SQLValueList.lists(Set(ids).sorted()) {
            try connection.forEachRow(
                """
                SELECT id, order_id, backend_ca, serial_number, status FROM certificates WHERE id IN (\(list.places))
                """, list.parameters
            ) { row in
                targets[try row["id"]] = ActionTarget(
                    orderID: try row["order_id"], backendCA: try row["backend_ca"],
                    serialNumber: try row["serial_number"], status: try row["status"])
            }
        }
        return targets
    }
}

extension CertificateActionTable {
    /// What is under way or has happened to these certificates, by `openKey`.
    func standing(_ certificateIDs: [Int64]) throws -> [String: CertificateAction] {
        var found: [String: CertificateAction] = [:]
        for list in SQLValueList.lists(certificateIDs) {
            for action in try all("WHERE certificate_id IN (\(list.places))", list.parameters)
            where action.state.stands {
                found[action.openKey] = action
            }
        }
        return found
    }
}

extension CertificateAction {
    /// What becomes of a wish of which nothing has left when somebody asks once more: the sooner time and the graver reason count, of
    /// two alike the newer one; but what a person has asked for stays theirs. nil where it stays as it is.
    fileprivate func joined(by new: NewCertificateAction, at now: Date) -> CertificateAction? {
        guard state == .asked else { return nil }
        var after = self
        let isSooner = notBefore.map { $0 > (new.notBefore?.roundedToMilliseconds ?? now) } ?? false
        if isSooner {
            after.notBefore = new.notBefore?.roundedToMilliseconds
            after.nextActionAt = nil
        }
        let isOfAPerson = new.actor != OrderLedger.planner
        if let reason, let other = new.reason, other != reason,
            other.gravity > reason.gravity || other.gravity == reason.gravity && isOfAPerson
        {
            (after.reason, after.cause, after.actor) = (other, new.cause, new.actor)
        } else if isSooner, isOfAPerson {
            (after.cause, after.actor) = (new.cause, new.actor)
        }
        after.isOrderedAgain = isOrderedAgain || new.isOrderedAgain
        guard after != self else { return nil }
        (after.leaseOwner, after.leaseUntil, after.fence) = (nil, nil, fence + 1)
        after.updatedAt = now
        return after
    }

    fileprivate func asked(_ serialNumber: String) -> String {
        let what =
            switch kind {
            case .revoke: "revocation of certificate \(serialNumber) (\(reason?.name ?? "unspecified"))"
            case .withdraw: "withdrawal of certificate \(serialNumber) from Intune"
            }
        let when = notBefore.map { ", not before \($0.ISO8601Format())" } ?? ""
        return "\(what) asked for by \(actor)\(when): \(cause)"
    }
}

extension OrderTable {
    /// A line about an action in the timeline of its order, which is locked.
    ///
    /// - Parameter event: what happened, as `Asked`.
    func note(
        _ action: CertificateAction, _ event: String, _ message: String, _ order: Order, by actor: String? = nil
    ) throws -> Order {
        try note(
            action,
            OrderChange.Event(
                kind: "\(action.kind.noun)\(event)", message: message,
                data: actor.map { ["by": .string($0)] } ?? ["by": .string(action.actor)]), order)
    }

    func note(_ action: CertificateAction, _ event: OrderChange.Event, _ order: Order) throws -> Order {
        var after = order
        // What keeps an order that is under way is not covered up.
        if !order.stage.isOpen { after.detail = event.message }
        var event = event
        event.data["action"] = JSONValue(Int(action.id))
        return try save(order, as: after, [event])
    }
}
