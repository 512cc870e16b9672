// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// By which way something came to the gateway.
public struct AuditOrigin: Sendable, Hashable {
    /// Characters of a way that are kept.
    public static let length = 100

    /// The command that ran, such as `certway order cancel`; empty where nothing says it.
    public var command: String
    /// Name of the node it ran on; nil for what needs none.
    public var node: String?

    public init(command: String = "", node: String? = nil) { (self.command, self.node) = (command, node) }

    /// The way of who is served right now, where a process serves many, such as `administrator, by group CW-Admins`; it stands in
    /// place of the command then. Bound to the task, since it belongs to a call and not to a database.
    @TaskLocal public static var way: String?

    /// As it counts for what is written now.
    var current: AuditOrigin { AuditOrigin(command: Self.way ?? command, node: node) }
}
