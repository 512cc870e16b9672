// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments

/// What the planner found for one person and one template, and why.
public struct EnrollmentDecision: Sendable {
    public enum Verdict: String, Sendable, CaseIterable {
        /// A certificate is to be ordered.
        case order
        /// An order is under way, or the certificate is there.
        case covered
        /// The person cannot get one; the reason says why.
        case skipped
        /// The person is no longer a member.
        case left
    }

    public var template: String
    public var subscriberID: String
    public var userPrincipalName: String
    public var verdict: Verdict
    /// One sentence; empty for a plain `order`.
    public var reason: String
    public var names: RequestedNames
}
