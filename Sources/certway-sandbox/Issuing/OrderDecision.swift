// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What an approver says to a waiting order.
enum OrderDecision: Sendable {
    case approve
    case reject(reason: String)
}
