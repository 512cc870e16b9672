// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Why nothing can be done with an order.
enum OrderProblem: Error, Sendable, Equatable {
    /// No order has that id or serial number.
    case unknown
    /// Only orders with another status can have this done.
    case status(SandboxOrder.Status)
    case alreadyRevoked
    /// The CA was told to refuse.
    case refused
}
