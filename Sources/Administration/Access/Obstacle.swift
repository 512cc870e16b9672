// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Ledger

/// Why something cannot be done as things are, and how it can be done all the same. Who shows an action shows it, and the use case
/// refuses by it: one rule, one sentence.
public struct Obstacle: Error, Sendable, Hashable, CustomStringConvertible {
    public let reason: String
    /// What to do in its place; nil where nothing is known.
    public let instead: String?

    public init(_ reason: String, instead: String? = nil) { (self.reason, self.instead) = (reason, instead) }

    public var description: String { reason + (instead.map { ": \($0)" } ?? "") }

    /// What stands against something, nil for nothing.
    ///
    /// - Parameter body: throws as the use case would.
    static func found(_ body: () throws -> Void) -> Obstacle? {
        do {
            try body()
            return nil
        } catch let error as Obstacle {
            return error
        } catch {
            return Obstacle("\(error)")
        }
    }
}

extension BackendCA {
    /// - Throws: `Obstacle`, in the profile's words where it has some.
    func require(_ ability: ConnectorAbility) throws(Obstacle) {
        guard !abilities.contains(ability) else { return }
        throw Obstacle("\(name) cannot \(ability.action)", instead: profile.missing[ability])
    }
}

extension BackendCARegistry {
    /// - Throws: `Obstacle` for one that is not configured any more, that cannot be used now, or that cannot do it.
    func require(_ ability: ConnectorAbility, at name: String) throws(Obstacle) {
        switch self[name] {
        case .ready(let backend)?: try backend.require(ability)
        case .unusable(let reason)?: throw Obstacle("\(name) cannot be used now: \(reason)")
        case nil: throw Obstacle("backend CA \(name) is not configured any more")
        }
    }
}
