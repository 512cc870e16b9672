// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments

/// What the planner found for one person and one template, and why.
public struct EnrollmentDecision: Sendable {
    public enum Verdict: String, Sendable, CaseIterable {
        /// A certificate is to be ordered.
        case order
        /// An order is under way, or the certificate is there.
        case covered
        /// The CA rejected the last order, or the gateway gave it up; the same is tried again at `dueAt`.
        case waiting
        /// The last order has ended and nothing happens by itself; a person may order again.
        case ended
        /// The person cannot get one; the reason says why.
        case skipped
        /// The person is no longer a member.
        case left
    }

    public var template: String
    public var subscriberID: String
    public var userPrincipalName: String
    public var verdict: Verdict
    /// One sentence; empty for a plain `order`, and for a `covered` without concern.
    public var reason: String
    public var names: RequestedNames
    /// What is to be said about a certificate the person may have.
    public var concern: CertificateConcern?
    /// When to decide anew although nothing has changed.
    public var dueAt: Date?
    /// The person's newest order with the template when this was decided, 0 for none.
    public var newestOrder: Int64
    /// What is to be done; nil for nothing, or nothing yet.
    public var action: PlannedAction?
    /// The order whose certificate it is about; nil for a first order.
    public var actsOn: Int64?
    /// The incident that wants it; it is in nobody else's limits.
    public var incident: Int64?
}
