// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import Rules

/// One configured connection to a CA: a connector profile plus the values of its settings.
public struct BackendCAConfiguration: Sendable, Hashable {
    public var name: String
    /// Name of the connector profile in connectors.d.
    public var connector: String
    /// One of the profile's environments; nil for its first.
    public var environment: String?
    /// An address in place of the environment's, for a sandbox or a proxy.
    public var endpoint: String?
    /// PEM file with the roots that alone are trusted for this connection, in place of the system's.
    public var tlsRoots: String?
    /// PEM file with the roots that issued certificates must chain to.
    public var acceptedRoots: String
    /// What that file held when it was applied (`AppliedFiles`).
    public var appliedRoots: String?
    /// Values by the profile's schema; secrets as references.
    public var settings: [String: JSONValue]
    /// Replaces the profile's request limits, where the account has others; an empty list is none.
    public var limits: [RateLimit]?
    /// Replaces the profile's rule how long an order may stay invisible, for sandboxes.
    public var absenceIsSureAfter: Duration?
    /// Replaces the schedule by which waiting orders are asked for, for sandboxes.
    public var pollEvery: Duration?
    /// How long an order may wait at this CA, for its approver or subscriber too, before the administrator is told.
    public var expectedWithin: Duration = Self.usually

    /// After how long the CA ends an order by itself that nobody confirms or approves; nil where nobody has said.
    public var pendingEndsAfter: Duration?

    /// What follows when a certificate comes back by a CA certificate that nobody has confirmed.
    public var newIssuer = NewIssuerPolicy.report

    /// What follows from broken rules here, where it is another thing than the rule files say.
    public var rules = RulePolicy()

    /// Holidays of an approver are shorter.
    public static let usually = Duration.seconds(7 * 86_400)
}
