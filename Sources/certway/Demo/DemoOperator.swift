// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Gateway
import Ledger

/// Plays the person to whom a CA that cannot be searched leaves a question: has the CA the order whose answer was lost?
/// Looks at the sandbox CA as its administrator would, and answers as `certway order retry` does.
struct DemoOperator {
    struct Answer: Sendable {
        let reference: String
        /// The CA's id of the order; nil when the CA does not have it.
        let caRequestID: String?

        /// What the person types.
        var command: String {
            "certway order retry \(reference) " + (caRequestID.map { "--found \($0)" } ?? "--absent")
        }
    }

    let gateway: Gateway
    let sandbox: SandboxService
    let connector: String

    /// - Returns: the answers that were given; none when no order is in doubt.
    func answer() async throws -> [Answer] {
        let doubtful = try await gateway.ledger.orders(OrderFilter(stages: [.submitted], held: true, limit: .max))
            .filter { $0.caRequestID == nil }
        guard !doubtful.isEmpty else { return [] }
        let orders = try await sandbox.orders(of: connector)
        var answers: [Answer] = []
        for order in doubtful {
            // In whatever field the profile has put it.
            let found = orders.first { $0.text.contains(order.reference) }
            let answer = Answer(reference: order.reference, caRequestID: found?.id)
            if let id = answer.caRequestID {
                try await gateway.ledger.declareFound(order.id, caRequestID: id, by: "the demo")
            } else {
                try await gateway.ledger.declareAbsent(order.id, by: "the demo")
            }
            answers.append(answer)
        }
        return answers
    }
}
