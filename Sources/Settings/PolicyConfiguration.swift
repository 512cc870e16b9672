// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Certificates that the people of one group get together, each by a template of its own: such as one for mail from a public CA, and
/// one for logon from the company's own.
public struct PolicyConfiguration: Sendable, Hashable {
    public var name: String
    /// Object id of the enrollment group, for all its templates.
    public var group: String
    /// Whether members of nested groups belong to it.
    public var nested: Bool
    /// By name, in the order in which people read them.
    public var templates: [String]
}
