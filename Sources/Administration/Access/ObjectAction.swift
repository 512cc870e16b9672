// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// Something that can be done with an object, and whether this caller can do it as things are.
public struct ObjectAction: Sendable, Hashable {
    /// A verb, such as `revoke`; fixed, since programs know it.
    public let name: String
    public let obstacle: Obstacle?

    public var isAllowed: Bool { obstacle == nil }

    public var json: JSONValue {
        [
            "name": .string(name), "allowed": .bool(isAllowed), "reason": JSONValue(obstacle?.reason),
            "instead": JSONValue(obstacle?.instead),
        ]
    }
}

/// What one caller can do: the right goes first, then the state of things.
struct ActionList {
    let caller: Caller
    private(set) var actions: [ObjectAction] = []

    init(_ caller: Caller) { self.caller = caller }

    /// - Parameter state: throws why it cannot be done now, as the use case would.
    mutating func add(_ name: String, _ permission: Permission, _ state: () throws -> Void = {}) {
        actions.append(
            ObjectAction(
                name: name,
                obstacle: Obstacle.found {
                    if let denied = AccessDenied(permission, caller) { throw denied.obstacle }
                    try state()
                }))
    }
}

extension Sequence<ObjectAction> {
    public var json: JSONValue { .array(map(\.json)) }
}
