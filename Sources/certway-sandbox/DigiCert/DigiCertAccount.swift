// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Synchronization

/// The account: orders and what happens to them. One lock around all of it, so each request sees and leaves a whole state.
final class DigiCertAccount: Sendable {
    static let organizationID = 112_233
    static let containerID = 445_566
    static let metadata = [(id: 12, label: "gateway reference")]

    let authority: IssuingAuthority
    var switches: CASwitches { authority.switches }
    let clock: SandboxClock
    private let hostility: Hostility?
    /// Whether even hostile orders are issued at once.
    private let isInstant: Bool
    private let state: Mutex<DigiCertState>

    /// - Parameter validatedDomains: mail domains that need no links.
    init(
        authority: IssuingAuthority, clock: SandboxClock, hostility: Hostility?, isInstant: Bool,
        validatedDomains: Set<String>
    ) {
        self.authority = authority
        self.clock = clock
        self.hostility = hostility
        self.isInstant = isInstant
        var first = DigiCertState(switches: authority.switches)
        first.validatedDomains = validatedDomains
        state = Mutex(first)
    }

    func read<Result>(_ body: (DigiCertState) throws -> sending Result) rethrows -> sending Result {
        try state.withLock { try body($0) }
    }

    func change<Result>(_ body: (inout DigiCertState) throws -> sending Result) rethrows -> sending Result {
        try state.withLock { try body(&$0) }
    }

    /// Takes an order and issues it if nothing stands in the way.
    func place(_ request: OrderRequest, maySkipApproval: Bool, in state: inout DigiCertState) throws -> DigiCertOrder {
        let now = clock.now
        let id = state.newOrderID()
        let requestID = state.newRequestID()
        let needsApproval = !(request.skipApproval && maySkipApproval)
        let subject = request.emails.joined(separator: " ")
        let waits = !isInstant && hostility?.happens("pending", subject, share: 0.15) == true
        let longer = hostility?.happens("pending longer", subject, share: 0.4) == true
        var order = DigiCertOrder(
            id: id, request: request, status: needsApproval ? .needsApproval : .pending, created: now,
            statusChanged: now, requestIDs: [requestID],
            pollsLeft: switches.manualApproval ? .max : switches.pendingPolls ?? (waits ? (longer ? 2 : 1) : 0),
            lastMailed: now)
        for email in request.emails where !state.isProven(email, at: now) {
            order.validationTokens[email] = GUID.random().filter { $0 != "-" }
        }
        state.set(
            ApprovalRequest(
                id: requestID, orderID: id, purpose: .newRequest, status: needsApproval ? "pending" : "approved",
                date: now, comments: request.comments))
        if let old = request.renewalOf, var renewed = state.orders[old] {
            renewed.renewedBy = id
            state.set(renewed)
        }
        state.set(order)
        if switches.takeRejection() != nil, !switches.disobeys(.issuesWhatWasRejected) {
            state.setStatus(.rejected, of: id, at: now)
        }
        try advance(id, in: &state)
        mix(id, in: &state)
        return state.orders[id] ?? order
    }

    /// Gives an order the certificate of the one before, if that came at the same moment and the CA lies so.
    private func mix(_ id: Int, in state: inout DigiCertState) {
        let moment = clock.now
        defer { state.lastPlaced = moment }
        guard switches.disobeys(.mixesOrders), moment.timeIntervalSince(state.lastPlaced) < 0.05,
            let own = state.orders[id]?.activeCertificateID,
            let other = state.orders[id - 1]?.activeCertificateID.flatMap({ state.certificates[$0] }),
            let mine = state.certificates[own]
        else { return }
        state.set(
            DigiCertCertificate(
                id: own, orderID: id, origin: mine.origin, certificate: other.certificate, csr: mine.csr,
                issued: mine.issued))
    }

    /// Issues an order that waits for nothing any more.
    func advance(_ id: Int, in state: inout DigiCertState) throws {
        guard let order = state.orders[id], [.pending, .processing, .waitingPickup].contains(order.status) else {
            return
        }
        guard let csr = order.request.csr else { return state.setStatus(.waitingPickup, of: id, at: clock.now) }
        guard order.request.emails.allSatisfy({ state.isProven($0, at: clock.now) }) else { return }
        guard !switches.disobeys(.neverIssues), order.pollsLeft == 0 || isOverdue(order) else {
            return state.setStatus(.processing, of: id, at: clock.now)
        }
        let certificate = try CertificateContent(request: order.request, now: clock.now).sign(csr, by: authority)
        add(certificate, csr, .original, to: order, in: &state)
    }

    /// Goes on with the orders that nobody asks for one by one.
    func advanceOverdue(in state: inout DigiCertState) throws {
        for order in state.orders.values where order.pollsLeft > 0 && isOverdue(order) {
            try advance(order.id, in: &state)
        }
    }

    /// An order that waits only to be slow does not wait longer than this.
    private func isOverdue(_ order: DigiCertOrder) -> Bool {
        switches.pendingPolls == nil && order.pollsLeft != .max && clock.now.timeIntervalSince(order.created) > 20
    }

    /// Somebody asked how an order is: in hostile mode that is what makes it go on.
    func poll(_ id: Int, in state: inout DigiCertState) throws {
        guard var order = state.orders[id], order.pollsLeft > 0, order.pollsLeft != .max,
            order.request.emails.allSatisfy({ state.isProven($0, at: clock.now) }),
            [.pending, .processing].contains(order.status)
        else { return }
        order.pollsLeft -= 1
        state.set(order)
        // The one who asked sees the old state once more.
        if order.pollsLeft > 0 { try advance(id, in: &state) }
    }

    /// Another certificate for an order, with the same end of validity.
    func reissue(
        _ order: DigiCertOrder, _ csr: CertificateSigningRequest, emails: [String]?, origin: DigiCertCertificate.Origin,
        in state: inout DigiCertState
    ) throws {
        var order = order
        if let emails { order.request.emails = emails }
        if let first = order.certificateIDs.first, let old = state.certificates[first] {
            order.request.validity = .until(old.certificate.notAfter)
        }
        let certificate = try CertificateContent(request: order.request, now: clock.now).sign(csr, by: authority)
        add(certificate, csr, origin, to: order, in: &state)
    }

    private func add(
        _ certificate: Certificate, _ csr: CertificateSigningRequest, _ origin: DigiCertCertificate.Origin,
        to order: DigiCertOrder, in state: inout DigiCertState
    ) {
        var order = order
        let id = state.newCertificateID()
        state.set(
            DigiCertCertificate(
                id: id, orderID: order.id, origin: origin, certificate: certificate, csr: csr, issued: clock.now))
        order.certificateIDs.append(id)
        if origin != .duplicate { order.activeCertificateID = id }
        state.set(order)
        state.setStatus(.issued, of: order.id, at: clock.now)
    }

    /// Revokes one certificate; the order stays as it is.
    func revoke(_ id: Int, reason: String?, in state: inout DigiCertState) {
        guard var certificate = state.certificates[id], !certificate.isRevoked else { return }
        certificate.isRevoked = true
        certificate.revocationReason = reason
        state.set(certificate)
        // The reason cannot be chosen for anything but TLS (wire/digicert-certcentral.md section 9).
        authority.revoke(certificate.certificate, reasonCode: 0)
    }

    func revokeOrder(_ id: Int, reason: String?, in state: inout DigiCertState) {
        for certificate in state.orders[id]?.certificateIDs ?? [] { revoke(certificate, reason: reason, in: &state) }
        state.setStatus(.revoked, of: id, at: clock.now)
    }

    /// Proves control of an address and goes on with the orders that waited for it.
    func validate(_ email: String, in state: inout DigiCertState) throws {
        state.validatedEmails[email.lowercased()] = clock.now
        for order in state.orders.values.sorted(by: { $0.id < $1.id }) where order.status == .pending {
            try advance(order.id, in: &state)
        }
    }

    /// Does what an approved request asks for, or drops it.
    func decide(_ request: ApprovalRequest, isApproved: Bool, in state: inout DigiCertState) throws {
        var decided = request
        decided.status = isApproved ? "approved" : "rejected"
        state.set(decided)
        guard let order = state.orders[request.orderID] else { return }
        switch (request.purpose, isApproved) {
        case (.newRequest, true):
            state.setStatus(.pending, of: order.id, at: clock.now)
            try advance(order.id, in: &state)
        case (.newRequest, false): state.setStatus(.rejected, of: order.id, at: clock.now)
        case (.reissue(let csr, let emails), true):
            try reissue(order, csr, emails: emails, origin: .reissue, in: &state)
        case (.reissue, false): state.setStatus(.issued, of: order.id, at: clock.now)
        case (.duplicate(let csr), true): try reissue(order, csr, emails: nil, origin: .duplicate, in: &state)
        case (.revokeCertificate(let id, let reason), true): revoke(id, reason: reason, in: &state)
        case (.revokeOrder(let reason), true): revokeOrder(order.id, reason: reason, in: &state)
        case (.duplicate, false), (.revokeCertificate, false), (.revokeOrder, false): break
        }
    }
}
