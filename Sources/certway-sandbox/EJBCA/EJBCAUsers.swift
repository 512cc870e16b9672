// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The end entities of the instance, by name.
final class EJBCAUsers: Sendable {
    private let users = Mutex<[String: EJBCAUser]>([:])
    /// Orders that had to wait and whose certificate nobody took with the repeated request yet.
    private let waiting = Mutex<Set<String>>([])

    subscript(name: String) -> EJBCAUser? { users.withLock { $0[name] } }

    var all: [EJBCAUser] { users.withLock { $0.values.sorted { $0.name < $1.name } } }

    func set(_ user: EJBCAUser) { users.withLock { $0[user.name] = user } }

    func setStatus(_ status: Int, of name: String) { users.withLock { $0[name]?.status = status } }

    func wait(for order: String) { waiting.withLock { _ = $0.insert(order) } }

    /// Whether the order had to wait; asking uses it up.
    func collects(_ order: String) -> Bool { waiting.withLock { $0.remove(order) != nil } }

    func remove(_ name: String) { users.withLock { $0[name] = nil } }
}
