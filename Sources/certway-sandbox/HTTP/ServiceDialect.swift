// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How one service words the failures that have nothing to do with what was asked.
protocol ServiceDialect: Sendable {
    /// Too many requests; the generator chooses among the forms the real service uses.
    func throttled(_ generator: inout SeededGenerator) -> Reply
    /// A passing failure of the service itself.
    func unavailable(_ generator: inout SeededGenerator) -> Reply
    func noSuchRoute(_ method: String, _ path: String) -> Reply
    /// The status a test asked for through the control API.
    func failure(status: Int) -> Reply
    /// What every answer carries.
    func dress(_ reply: Reply, for call: Call) -> Reply
}

extension ServiceDialect {
    func dress(_ reply: Reply, for call: Call) -> Reply { reply }
}
