// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A use case was asked for without the right to it.
public struct AccessDenied: Error, Hashable, CustomStringConvertible {
    public let permission: Permission
    public let caller: Caller

    init(permission: Permission, caller: Caller) { (self.permission, self.caller) = (permission, caller) }

    /// Nil for who has the right.
    init?(_ permission: Permission, _ caller: Caller) {
        guard !caller.may(permission) else { return nil }
        self.init(permission: permission, caller: caller)
    }

    private var needed: String { RoleTable.roles(with: permission).map(\.rawValue).joined(separator: " or ") }

    public var description: String { "this needs \(needed); \(caller.name) is \(caller.standing)" }

    /// As an action shows it that its caller cannot have.
    var obstacle: Obstacle { Obstacle(description, instead: "ask somebody who is \(needed)") }
}
