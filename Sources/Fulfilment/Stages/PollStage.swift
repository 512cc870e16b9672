// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger
import Planning

/// pending → issued or rejected: asks the CA again.
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
        let outcome = try await OutcomeRecorder.askingTwice(about: caOrder) { order in
            try await poller.poll(order, request: request)
        }
        StageBoundary.polled.pass()
        // A renewed key is common, and what the CA has issued proves itself by our key. An end erases that key.
        if let other = changed, case .rejected(let rejection) = outcome {
            return try await context.holdForSignIn(
                claim, order, backend, other.sentence, "that it has ended is not believed (\(rejection.reason))")
        }
        return try await OutcomeRecorder(context: context).record(outcome, claim, order, request)
    }
}
