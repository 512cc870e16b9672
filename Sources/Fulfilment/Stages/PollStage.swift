// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger
import Planning

/// pending → issued or rejected: looks at the CA again, and asks it for the order's next step where it waits for that.
struct PollStage: EnrollmentStage {
    let context: EnrollmentContext

    func perform(_ claim: Claim, _ order: Order) async throws -> Order {
        let backend = try context.callableBackend(for: order)
        guard let poller = backend.ability((any OrderPolling).self, .poll), let caOrder = order.caOrder else {
            return try await context.hold(
                claim, order, "\(backend.explainMissing(.poll)), and the CA has taken the order: look for it there")
        }
        let changed = try await context.unvouchedSignIn(backend, than: order)
        if let other = changed, other.difference == .names {
            return try await context.holdForSignIn(claim, order, backend, other.sentence, "it is not asked about")
        }
        let request = try await context.request(for: order)
        StageBoundary.beforePoll.pass()
        var outcome = try await OutcomeRecorder.askingTwice(about: caOrder) { order in
            try await poller.look(at: order, request: request)
        }
        if case .pending(let pending) = outcome, pending.awaitsStep {
            // The step may issue, weeks after the order had left.
            if case .nobody(let reason)? = try await context.recipient?(order),
                try await !context.isVouched(order, heldFor: Self.heldFor, reason)
            {
                return try await hold(claim, order, reason)
            }
            outcome = try await OutcomeRecorder.askingTwice(about: caOrder) { order in
                try await poller.poll(order, request: request)
            }
        }
        StageBoundary.polled.pass()
        // A renewed key is common, and what the CA has issued proves itself by our key. That it has ended does not.
        if let other = changed, case .rejected(let rejection) = outcome {
            return try await context.holdForSignIn(
                claim, order, backend, other.sentence, "that it has ended is not believed (\(rejection.reason))")
        }
        return try await OutcomeRecorder(context: context).record(outcome, claim, order, request)
    }

    /// Marks the event of an order that is held because nobody is to have its certificate, with the reason.
    private static let heldFor = "nobody"

    private func hold(_ claim: Claim, _ order: Order, _ reason: String) async throws -> Order {
        try await context.hold(
            claim, order,
            "\(reason), and the CA would issue the certificate once it is asked: it is not asked; withdraw the order there and "
                + "'certway order cancel \(order.reference) --absent', or 'certway order retry \(order.reference)' asks all the same",
            data: [Self.heldFor: .string(reason)])
    }
}
