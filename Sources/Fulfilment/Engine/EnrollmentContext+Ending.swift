// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger

extension EnrollmentContext {
    /// Ends an order without a certificate, and its key with it.
    ///
    /// Not while an earlier submission of it may be at the CA. An order that is about to leave once more is looked for first, as
    /// every order that the CA may have; where another answer ends it, a person looks.
    ///
    /// - Parameter reason: why it is to end, for whoever has to look.
    func end(_ claim: Claim, _ order: Order, _ change: OrderChange, because reason: String) async throws -> Order {
        guard try await hasLostSubmission(order) else { return try await record(claim, order, change) }
        let doubt = "\(reason); the answer to its first submission was lost"
        if order.stage == .keyed {
            return try await record(
                claim, order,
                OrderChange("searching", "\(doubt): looked for at the CA before it ends").stage(.submitted).doubt(
                    nil, doubt))
        }
        return try await hold(
            claim, order,
            "\(doubt): look for \(order.reference) at the CA; when no certificate of it is in force, 'certway order cancel "
                + "\(order.reference) --absent'")
    }

    /// Whether the order was placed again though nobody knew what had become of it, and nobody has said since that the CA does
    /// not have it.
    func hasLostSubmission(_ order: Order) async throws -> Bool {
        guard order.attempt > 0 else { return false }
        let last = try await ledger.events(order.id).last { ["repeated", "absent"].contains($0.kind) }
        return last?.kind == "repeated"
    }

    /// The CA has said in words of its protocol or profile that it did not take the order: one look is enough, for the next
    /// process, too.
    func proveRefusal(of order: Order) async {
        let uptime = clock.uptime()
        memory.absences.prove(orderID: order.id, attempt: order.attempt, at: uptime)
        // Where the database is away, the next process waits longer before it believes that the order is absent, and no more.
        try? await ledger.setState(
            AbsenceWatch.stateName(orderID: order.id),
            memory.absences.note(attempt: order.attempt, at: uptime, isProven: true))
    }
}
