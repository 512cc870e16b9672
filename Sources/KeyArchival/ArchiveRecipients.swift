// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// Who can open one archived record: what the record itself names, and which keys were meant, as far as that is on record.
public struct ArchiveRecipients: Sendable {
    /// Whether an agent's certificate is that of a recipient.
    public enum Verdict: String, Sendable, CaseIterable {
        /// The record is encrypted to this key.
        case opens
        /// The record names issuer and serial number, and which key was meant is not on record: opening it tells.
        case unknown
        /// The record names issuer and serial number, and is encrypted to another key.
        case otherKey
        /// No recipient.
        case none
    }

    private let names: Set<String>
    private let key: @Sendable (String) -> String?

    /// - Parameters:
    ///   - cms: the record.
    ///   - key: the key that was meant, by `AgentIdentity.name`; nil where that is not on record.
    /// - Throws: `PKIXError.malformed` for what is no record.
    public init(cms: [UInt8], key: @escaping @Sendable (String) -> String?) throws {
        names = Set(try CMSEnvelope.recipients(of: cms).map(AgentIdentity.name))
        self.key = key
    }

    public func verdict(_ agent: AgentIdentity) -> Verdict {
        guard names.contains(agent.name) else { return .none }
        return key(agent.name).map { $0 == agent.key ? .opens : .otherKey } ?? .unknown
    }

    /// Whether the record is for these agents, for all of them and for nobody else, without a doubt.
    public func areExactly(_ agents: [AgentIdentity]) -> Bool {
        names == Set(agents.map(\.name)) && agents.allSatisfy { verdict($0) == .opens }
    }
}
