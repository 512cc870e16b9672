// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A unit of the customer: what its UID may order.
struct GlobalTrustUnit: Sendable {
    let uid: String
    let domains: [String]
}
