// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import KeyArchival
import Ledger
import PKIX
import Settings

extension ArchivedKey {
    /// Who can open it.
    func recipients() throws -> ArchiveRecipients {
        let keys = keys
        return try ArchiveRecipients(cms: cms) { keys[$0] }
    }
}

extension ArchiveEntry {
    /// Who can open it.
    func recipients() throws -> ArchiveRecipients {
        let keys = keys
        return try ArchiveRecipients(cms: cms) { keys[$0] }
    }

    /// Why it does not open as an agent, in a sentence.
    func reason(_ error: PKIXError, as agent: Certificate) -> String {
        guard error.code == .cannotOpen, let identity = try? AgentIdentity(agent),
            (try? recipients().verdict(identity)) == .otherKey
        else { return "\(error)" }
        return ArchiveRecipients.otherKeySentence(agent)
    }
}

extension ArchiveRecipients {
    /// What keeps a record from opening that names the agent and means another key.
    static func otherKeySentence(_ agent: Certificate) -> String {
        "it is encrypted to another key than that of \(agent.subject): a certificate was made once more with issuer and serial number of "
            + "the former one; it opens with the former key"
    }
}

extension AgentKeys {
    /// The keys of agents, for a record that was just encrypted to them, or has opened with them.
    init(_ agents: [Certificate]) throws {
        let pairs = try agents.map(AgentIdentity.init).map { ($0.name, $0.key) }
        self.init(Dictionary(pairs, uniquingKeysWith: { $1 }))
    }
}
