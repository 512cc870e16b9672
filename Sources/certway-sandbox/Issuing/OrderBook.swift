// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Synchronization

/// The orders of one sandbox CA: checks applications, lets orders wait, has certificates signed and revoked.
///
/// Every face uses it in the same way, so that waiting, lying and the control API work alike everywhere. All functions can
/// be called from any thread; each sees and leaves a whole state. What they return already carries the lies that
/// `switches` asks for (`Disobedience`).
final class OrderBook: Sendable {
    struct State {
        /// Index n holds order number n + 1.
        var orders: [SandboxOrder] = []
        var numbersByID: [String: Int] = [:]
        var numbersBySerial: [SerialNumber: Int] = [:]
        var numbersByKey: [String: Int] = [:]
        var numbersByReference: [String: Int] = [:]
        var certifiedKeys: Set<PublicKey> = []
        /// Order by the number of one that came at the same time.
        var mixed: [Int: Int] = [:]
        var lastPlaced = Date.distantPast
    }

    let name: String
    let authority: IssuingAuthority
    let switches: CASwitches
    let clock: SandboxClock
    let policy: OrderPolicy
    private let hostility: Hostility?
    private let isInstant: Bool
    private let state = Mutex(State())
    private let underway = Atomic(0)

    /// - Parameter name: of the CA, as in `--only`.
    init(name: String, authority: IssuingAuthority, policy: OrderPolicy, setup: CASetup) {
        self.name = name
        self.authority = authority
        switches = authority.switches
        clock = setup.surroundings.clock
        hostility = setup.surroundings.hostility
        isInstant = setup.isInstant
        self.policy = policy
    }

    /// Takes an order; it is issued at once unless something makes it wait.
    ///
    /// - Returns: the new order, pending, issued or rejected; the earlier one for an idempotency key that was used before.
    /// - Throws: `ApplicationRefusal` when no order comes to be.
    func place(_ application: Application) throws(ApplicationRefusal) -> SandboxOrder {
        let others = underway.add(1, ordering: .relaxed).oldValue
        defer { underway.subtract(1, ordering: .relaxed) }
        return try state.withLock { state throws(ApplicationRefusal) in
            let repeats = switches.disobeys(.duplicateOrders)
            if !repeats, let earlier = try earlier(application, state) { return told(state.orders[earlier - 1], state) }
            if !switches.disobeys(.issuesWhatWasRejected) {
                let rules = ApplicationRules(policy: policy, certifiedKeys: state.certifiedKeys, now: clock.now)
                try rules.check(application)
            }
            let number = try add(application, to: &state)
            // The same moment: two calls overlap, or follow each other at once.
            let now = clock.now
            if others > 0 || now.timeIntervalSince(state.lastPlaced) < 0.05, number > 1 {
                state.mixed[number] = number - 1
            }
            state.lastPlaced = now
            if repeats { _ = try add(application, to: &state) }
            return told(state.orders[number - 1], state)
        }
    }

    /// Somebody asks how an order is; that is what lets a waiting one go on.
    ///
    /// - Returns: nil when there is no such order.
    func poll(_ id: String) -> SandboxOrder? {
        state.withLock { state in
            if let number = state.numbersByID[id] {
                state.orders[number - 1].polls += 1
                if state.orders[number - 1].status == .pending, let left = state.orders[number - 1].pollsLeft {
                    // Who asked for the last time sees it wait once more.
                    state.orders[number - 1].pollsLeft = left - 1
                    if left <= 0 { issue(number, in: &state) }
                }
            }
            return find(id, in: &state)
        }
    }

    /// An order as it is; nobody waits shorter because of it.
    func order(id: String) -> SandboxOrder? { state.withLock { find(id, in: &$0) } }

    func order(serial: SerialNumber) -> SandboxOrder? {
        state.withLock { state in
            guard let number = state.numbersBySerial[serial] else { return nil }
            return find(state.orders[number - 1].id, in: &state)
        }
    }

    /// All orders, oldest first, for searches by other things than a list that clients page through.
    var orders: [SandboxOrder] {
        state.withLock { state in
            goOnWithOverdue(&state)
            return switches.disobeys(.forgetsOrders) ? [] : state.orders.map { told($0, state) }
        }
    }

    /// The rows of the CA's list of orders or certificates, oldest first.
    var inventory: [SandboxOrder] {
        var rows = orders
        if switches.disobeys(.inventoryIncomplete) {
            // The newest one is missing, and then every other one.
            rows = Array(rows.reversed().enumerated().filter { $0.offset % 2 == 1 }.map(\.element).reversed())
        }
        if switches.disobeys(.inventoryWrongSerial) {
            for index in rows.indices { rows[index].serialNumber = .random() }
        }
        return switches.disobeys(.inventoryRepeats) ? rows.flatMap { [$0, $0] } : rows
    }

    /// One page of a list, and how many rows the list has.
    func page<Row>(_ rows: [Row], offset: Int, size: Int, _ call: Call) -> (rows: [Row], total: Int) {
        if let trouble = call.pageTrouble { return trouble.page(rows, offset: offset, size: size) }
        return (
            Array(rows.dropFirst(switches.disobeys(.inventoryRepeats) ? 0 : offset).prefix(size)), rows.count
        )
    }

    /// Withdraws a pending order.
    func cancel(_ id: String) throws(OrderProblem) -> SandboxOrder {
        try state.withLock { state throws(OrderProblem) in
            let number = try known(state.numbersByID[id])
            let order = state.orders[number - 1]
            guard order.status == .pending else { throw .status(status(of: order)) }
            var told = order
            told.status = .cancelled
            told.changed = clock.now
            if !switches.disobeys(.cancelIgnored) { state.orders[number - 1] = told }
            return told
        }
    }

    /// Revokes a certificate; one on hold can be revoked for good.
    ///
    /// - Parameters:
    ///   - reason: RFC 5280 section 5.3.1; whether the face allows it is for the face to say.
    ///   - date: nil: now.
    ///   - isPublished: false only marks the order, where the CA knows such a thing.
    func revoke(
        _ serial: SerialNumber, reason: Int, date: Date? = nil, isPublished: Bool = true
    ) throws(OrderProblem) -> SandboxOrder {
        try state.withLock { state throws(OrderProblem) in
            let number = try known(state.numbersBySerial[serial])
            let order = state.orders[number - 1]
            guard let certificate = order.certificate else { throw .status(order.status) }
            guard order.revocation == nil || order.isOnHold && reason != 6 else { throw .alreadyRevoked }
            let date = date ?? clock.now
            if isPublished { authority.revoke(certificate, reasonCode: reason, at: date) }
            state.orders[number - 1].status = .revoked
            state.orders[number - 1].revocation = .init(reason: reason, date: date)
            state.orders[number - 1].changed = clock.now
            return state.orders[number - 1]
        }
    }

    /// Ends a hold.
    func release(_ serial: SerialNumber) throws(OrderProblem) -> SandboxOrder {
        try state.withLock { state throws(OrderProblem) in
            let number = try known(state.numbersBySerial[serial])
            guard state.orders[number - 1].isOnHold, let certificate = state.orders[number - 1].certificate else {
                throw .status(status(of: state.orders[number - 1]))
            }
            authority.release(certificate)
            state.orders[number - 1].revocation = nil
            state.orders[number - 1].status = .issued
            state.orders[number - 1].changed = clock.now
            return state.orders[number - 1]
        }
    }

    /// The order that a renewal is about.
    ///
    /// - Throws: `.unknown`, `.status` when it was never issued, `.refused` when the CA was told to refuse renewals.
    func renewable(id: String) throws(OrderProblem) -> SandboxOrder {
        guard let order = order(id: id) else { throw .unknown }
        guard order.certificate != nil else { throw .status(order.status) }
        guard !switches.disobeys(.renewRefused) else { throw .refused }
        return order
    }

    /// Gives an issued order another certificate, for another key, with the same names.
    ///
    /// - Parameter revokes: the reason with which the earlier certificate is revoked; nil leaves it valid.
    func reissue(_ id: String, csr: CertificateSigningRequest, revokes reason: Int?) throws -> SandboxOrder {
        try state.withLock { state in
            let number = try known(state.numbersByID[id])
            let order = state.orders[number - 1]
            guard status(of: order) == .issued, let old = order.certificate else {
                throw OrderProblem.status(status(of: order))
            }
            let application = order.application.with(csr)
            let rules = ApplicationRules(policy: policy, certifiedKeys: state.certifiedKeys, now: clock.now)
            if !switches.disobeys(.issuesWhatWasRejected) { try rules.check(application) }
            if let reason { authority.revoke(old, reasonCode: reason) }
            state.orders[number - 1].application = application
            state.orders[number - 1].serialNumber = .random()
            issue(number, in: &state)
            return told(state.orders[number - 1], state)
        }
    }

    /// Decides a waiting order, as an approver would; also what was told to `rejectNext` goes this way.
    func decide(_ id: String, _ decision: OrderDecision) throws(OrderProblem) {
        try state.withLock { state throws(OrderProblem) in
            let number = try known(state.numbersByID[id])
            let order = state.orders[number - 1]
            guard order.status == decision.concerned else { throw .status(status(of: order)) }
            switch decision {
            case .approve, .reconsider: issue(number, in: &state)
            case .reject(let reason): reject(number, reason, in: &state)
            }
        }
    }

    /// All orders as they really are, for the control API.
    var truth: [SandboxOrder] {
        state.withLock { state in
            state.orders.map { order in
                var order = order
                order.status = status(of: order)
                return order
            }
        }
    }
}

extension OrderBook {
    private func known(_ number: Int?) throws(OrderProblem) -> Int {
        guard let number, !switches.disobeys(.forgetsOrders) else { throw .unknown }
        return number
    }

    /// The order that an idempotency key or a reference stands for.
    private func earlier(_ application: Application, _ state: State) throws(ApplicationRefusal) -> Int? {
        if let number = application.idempotencyKey.flatMap({ state.numbersByKey[$0] }) { return number }
        guard let reference = application.reference, let number = state.numbersByReference[reference] else {
            return nil
        }
        switch policy.references {
        case .free: return nil
        case .sameOrder: return number
        case .unique:
            throw ApplicationRefusal(.referenceUsed, "the reference was used before", value: reference)
        }
    }

    private func add(_ application: Application, to state: inout State) throws(ApplicationRefusal) -> Int {
        let now = clock.now
        let number = state.orders.count + 1
        let serial = SerialNumber.random()
        var order = SandboxOrder(
            number: number, id: policy.makeID(number, serial, switches.firstOrderID), application: application,
            status: .pending, created: now,
            changed: now, serialNumber: serial)
        order.pollsLeft =
            switches.manualApproval || application.needsApproval
            ? nil : switches.pendingPolls ?? hostilePolls(application)
        state.orders.append(order)
        state.numbersByID[order.id] = number
        state.numbersBySerial[serial] = number
        application.idempotencyKey.map { state.numbersByKey[$0] = number }
        application.reference.map { state.numbersByReference[$0] = number }
        if let reason = switches.takeRejection() {
            reject(number, reason, in: &state)
        } else if order.pollsLeft == 0 {
            issue(number, in: &state)
            // A name that no certificate can hold is refused, not rejected.
            if let message = state.orders[number - 1].reason, state.orders[number - 1].status == .rejected {
                throw ApplicationRefusal(.nameNotAllowed, message)
            }
        }
        return number
    }

    /// In hostile mode some orders wait for a poll or two.
    private func hostilePolls(_ application: Application) -> Int {
        let subject = application.emails.isEmpty ? "\(application.subject)" : application.emails.joined(separator: " ")
        guard !isInstant, let hostility, hostility.happens("pending", subject, share: 0.15) else { return 0 }
        return hostility.happens("pending longer", subject, share: 0.4) ? 2 : 1
    }

    private func reject(_ number: Int, _ reason: String, in state: inout State) {
        if switches.disobeys(.issuesWhatWasRejected) { return issue(number, in: &state) }
        state.orders[number - 1].status = .rejected
        state.orders[number - 1].reason = switches.disobeys(.rejectsWithoutReason) ? nil : reason
        state.orders[number - 1].changed = clock.now
    }

    /// Has the certificate signed; what cannot be signed is rejected with the reason.
    private func issue(_ number: Int, in state: inout State) {
        var order = state.orders[number - 1]
        guard !switches.disobeys(.neverIssues) else { return }
        do {
            let builder = try CertificateContents(order: order, now: clock.now).builder
            let certificate = try authority.sign(builder)
            order.certificate = certificate
            order.chain = authority.chain(of: certificate)
            order.status = .issued
            if !switches.disobeys(.otherPersonsCertificate) {
                order.serialNumber = certificate.serialNumber
                state.numbersBySerial[certificate.serialNumber] = number
            }
            if let key = try? certificate.publicKey { state.certifiedKeys.insert(key) }
        } catch {
            order.status = .rejected
            order.reason = "\(error)"
        }
        order.changed = clock.now
        state.orders[number - 1] = order
    }

    /// An order that waits only to be slow does not wait longer than this, whoever asks. It was issued when it was due, not
    /// when somebody looked: a list that lags behind would else hide it for ever so long.
    private func goOnWithOverdue(_ state: inout State) {
        guard switches.pendingPolls == nil else { return }
        let patience: TimeInterval = 2
        let due = clock.now.addingTimeInterval(-patience)
        for order in state.orders where order.status == .pending && order.pollsLeft != nil && order.created < due {
            issue(order.number, in: &state)
            state.orders[order.number - 1].changed = order.created.addingTimeInterval(patience)
        }
    }

    private func find(_ id: String, in state: inout State) -> SandboxOrder? {
        if switches.disobeys(.forgetsOrders) { return nil }
        if let number = state.numbersByID[id] { return told(state.orders[number - 1], state) }
        guard switches.disobeys(.unknownOrderIsIssued),
            var other = state.orders.last(where: { $0.certificate != nil })
        else { return nil }
        other.id = id
        return other
    }

    /// The order as it is told to a client.
    private func told(_ order: SandboxOrder, _ state: State) -> SandboxOrder {
        var order = order
        order.status = status(of: order)
        if switches.disobeys(.mixesOrders), let other = state.mixed[order.number], order.certificate != nil,
            let certificate = state.orders[other - 1].certificate
        {
            order.certificate = certificate
        }
        return order
    }

    private func status(of order: SandboxOrder) -> SandboxOrder.Status {
        guard order.status == .issued, let certificate = order.certificate, certificate.notAfter < clock.now else {
            return order.status
        }
        return .expired
    }
}
