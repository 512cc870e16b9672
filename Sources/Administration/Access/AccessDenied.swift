// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A use case was asked for without the right to it.
public struct AccessDenied: Error, Hashable, CustomStringConvertible {
    public let permission: Permission
    public let caller: Caller

    init(permission: Permission, caller: Caller) { (self.permission, self.caller) = (permission, caller) }

    public var description: String {
        let needed = RoleTable.roles(with: permission).map(\.rawValue).joined(separator: " or ")
        return "this needs \(needed); \(caller.name) is \(caller.standing)"
    }
}
