// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// By which way something came to the gateway.
public struct AuditOrigin: Sendable, Hashable {
    /// The command that ran, such as `certway order cancel`; empty where nothing says it.
    public var command: String
    /// Name of the node it ran on; nil for what needs none.
    public var node: String?

    public init(command: String = "", node: String? = nil) { (self.command, self.node) = (command, node) }
}
