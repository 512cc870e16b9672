// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit

extension BackendCARegistry {
    /// What CAs of our own have done by themselves, and what keeps them from it.
    public struct Upkeep: Sendable {
        public var done: [String] = []
        public var problems: [String] = []
    }

    /// Has `body` look at the state of each CA of our own that can be used at all.
    ///
    /// - Parameter body: gives a sign that the CA must not be used as it is, and what it has learnt; it is handed what reads the
    ///   state. The CA is unusable from then on for that reason, until the sign is gone at a later look; so is one that cannot be
    ///   looked at, for nobody knows then what it would sign.
    public func examineAuthorities(
        _ body: (String, () async throws -> AuthorityState) async throws -> (sign: String?, learnt: [String])
    ) async -> Upkeep {
        var upkeep = Upkeep()
        for name in ownAuthorities {
            guard case .ready(let backend)? = entry(name), let authority = backend.connector as? any AuthorityRunning
            else { continue }
            do {
                let (sign, learnt) = try await body(name) { try await authority.state() }
                refuse(name, because: sign)
                upkeep.done += learnt.map { "backend CA \(name): \($0)" }
            } catch is CancellationError {
                return upkeep
            } catch {
                let reason = "it cannot be looked at: \((error as? ConnectorError)?.message ?? "\(error)")"
                refuse(name, because: reason)
                upkeep.problems.append("backend CA \(name): \(reason)")
            }
        }
        return upkeep
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
