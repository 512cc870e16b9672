// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

extension BackendCARegistry {
    /// What CAs of our own have done by themselves, and what keeps them from it.
    public struct Upkeep: Sendable {
        public var done: [String] = []
        public var problems: [String] = []
    }

    /// Lets each CA of our own do what is due, such as a new CRL. Others are not touched; next to nothing when nothing is due.
    public func maintain() async -> Upkeep {
        var upkeep = Upkeep()
        for name in ownAuthorities {
            do {
                switch self[name] {
                case .ready(let backend)?:
                    guard let authority = backend.connector as? any AuthorityRunning else { continue }
                    upkeep.done += try await authority.maintain().map { "backend CA \(name): \($0)" }
                case .unusable(let reason)?: upkeep.problems.append("backend CA \(name): \(reason)")
                case nil: continue
                }
            } catch {
                let sentence = (error as? ConnectorError)?.message ?? "\(error)"
                upkeep.problems.append("backend CA \(name) cannot keep itself up: \(sentence)")
            }
        }
        return upkeep
    }
}
