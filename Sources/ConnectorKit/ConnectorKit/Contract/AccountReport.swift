// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

/// What `check` found out about the connection to a CA.
public struct AccountReport: Sendable {
    /// Who we are at the CA, in one line.
    public var account: String
    /// Facts worth showing, in order, such as `("role", "Administrator")`.
    public var facts: [(name: String, value: String)]
    /// What works now but needs attention, such as a credential that expires soon.
    public var warnings: [String]
    /// The CA's own certificates above the next one it will issue, in any order; empty where it does not show them.
    public var issuers: [Certificate]

    public init(
        account: String, facts: [(name: String, value: String)] = [], warnings: [String] = [],
        issuers: [Certificate] = []
    ) {
        self.account = account
        self.facts = facts
        self.warnings = warnings
        self.issuers = issuers
    }
}
