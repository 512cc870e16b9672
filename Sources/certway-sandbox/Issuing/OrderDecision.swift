// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What an approver says to an order.
enum OrderDecision: Sendable {
    case approve
    case reject(reason: String)
    /// What was rejected is issued after all, as an officer of a Microsoft CA can do.
    case reconsider

    /// The state of the orders that it is about.
    var concerned: SandboxOrder.Status {
        if case .reconsider = self { .rejected } else { .pending }
    }
}
