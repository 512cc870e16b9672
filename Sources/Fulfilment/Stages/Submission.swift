// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Ledger
import Planning
import Synchronization

/// One attempt to place an order: puts on record that it leaves at the moment its connector says so.
///
/// As long as the gate is closed, nothing has left, whatever happened. Once it is open the CA may know the order, and only
/// `RecoverStage` may decide that it does not.
final class Submission: Sendable {
    private let context: EnrollmentContext
    private let claim: Claim
    private let order: Order
    private let backend: BackendCA
    private let state = Mutex<Order?>(nil)
    /// The machine's uptime until which nobody else can have taken the order up.
    private let heldUntil = Mutex<Duration?>(nil)

    init(_ context: EnrollmentContext, _ claim: Claim, _ order: Order, to backend: BackendCA) {
        self.context = context
        self.claim = claim
        self.order = order
        self.backend = backend
    }

    /// The order as it is in the ledger since the request left; nil while it has not.
    var submitted: Order? { state.withLock { $0 } }

    var gate: SubmissionGate {
        SubmissionGate(
            { try await self.open() },
            admit: { [context, order] placed in
                if let error = placed.nameless { throw error }
                if let error = try await context.replay(placed, for: order, amongEnded: true) { throw error }
            })
    }

    private func open() async throws {
        // Sent once more after a fresh login: it is on record already.
        guard submitted == nil else { return try await requireLease() }
        // A login and a rate limit may have taken minutes.
        if let cause = context.sealingKeyFault() ?? context.fileFault(order.backendCA) { throw EnrollmentError(cause) }
        guard context.memory.effects.begin(order.id) else { throw CancellationError() }
        do {
            let start = context.clock.uptime()
            let change = OrderChange("submitting", "submitting to \(order.backendCA), product \(order.product)")
                // A row of failures is one story: its beginning is in the timeline, and the attempts are counted.
                .unless(order.failures > 0).stage(.submitted)
                .submission(
                    at: context.clock.now(), to: backend.connection,
                    secretsMark: backend.secretsMark(under: context.sealingKey))
            let submitted = try await context.record(claim, order, change)
            state.withLock { $0 = submitted }
            heldUntil.withLock { $0 = start + Self.limit }
            let target = SubmissionTarget(backendCA: order.backendCA, connection: backend.connection)
            if let mark = context.submissionMark, !mark.note(try await context.ledger.submissionCount(), for: target) {
                context.logger.log(.warning, "\(mark.path) cannot be written: check disk and owner", fields: [])
            }
        } catch {
            context.memory.effects.end(order.id)
            throw error
        }
        StageBoundary.submitCommitted.pass()
        // The process may have been stopped for any time since the commit.
        try requireHeld()
    }

    /// Shorter than the lease by more than a call takes to leave.
    private static let limit = OrderLedger.departure - .seconds(20)

    private func requireLease() async throws {
        let start = context.clock.uptime()
        _ = try await context.ledger.renewLease(claim, for: OrderLedger.departure)
        heldUntil.withLock { $0 = start + Self.limit }
        try requireHeld()
    }

    /// The last look before the request leaves.
    private func requireHeld() throws(EnrollmentError) {
        guard let end = heldUntil.withLock({ $0 }), context.clock.uptime() < end else {
            throw EnrollmentError(
                "this process stood still for longer than order \(order.reference) was kept for it: nothing was sent")
        }
    }

    /// The request and what came of it are on record.
    func end() { context.memory.effects.end(order.id) }
}
