// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Gateway
import KeyArchival
import Ledger
import PKIX
import Settings

/// Agents whose certificate was made once more with another key, issuer and serial number being those of before. Records name who opens
/// them by these: the new key would be taken for the old one, and whoever trusts that throws the old one away.
struct ExchangedAgents {
    private let old: GatewayConfiguration
    private let new: GatewayConfiguration
    private let files: AppliedFiles
    private let ledger: OrderLedger?

    /// - Parameters:
    ///   - files: what the files hold that the new configuration names.
    ///   - ledger: nil where there is none yet.
    init(_ old: GatewayConfiguration, _ new: GatewayConfiguration, _ files: AppliedFiles, _ ledger: OrderLedger?) {
        (self.old, self.new, self.files, self.ledger) = (old, new, files, ledger)
    }

    /// That archived keys open for none of the agents there are from now on, where the agents change.
    func warnings() async throws -> [String] {
        guard let ledger, old.keyRecoveryAgents != new.keyRecoveryAgents else { return [] }
        let keys = new.keyRecoveryAgents.compactMap { agent in
            certificate(of: agent, in: files).flatMap { try? AgentIdentity($0) }?.key
        }
        return Self.closed(try await ledger.archivedKeys(openedByNoneOf: Set(keys))).map {
            ["keyRecoveryAgents: \($0)"]
        } ?? []
    }

    /// - Parameter count: of archived keys that none of the configured agents opens.
    static func closed(_ count: Int) -> String? {
        count == 0
            ? nil
            : "\(Plural(count, "archived key")) \(count == 1 ? "opens" : "open") for none of the configured agents: keep the former "
                + "agent's key, or put the agent back and have what is archived encrypted anew, 'certway key rewrap'"
    }

    /// One sentence for each that is taken up now; what was applied before keeps nobody from applying something else.
    func refusals() async throws -> [String] {
        guard let ledger, try await !ledger.archive(most: 1).isEmpty else { return [] }
        let before = try await ConfigurationStore(ledger: ledger).appliedFiles()
        // As they were applied: what lies in the file now may be the new one.
        let former = old.keyRecoveryAgents.compactMap { agent in
            certificate(of: agent, in: before).flatMap { try? AgentIdentity($0) }
        }
        var sentences: [String] = []
        for agent in new.keyRecoveryAgents {
            guard let digest = files[agent.certificate], before?[agent.certificate] != digest,
                let certificate = certificate(of: agent, in: files),
                let identity = try? AgentIdentity(certificate)
            else { continue }
            let known = try await ledger.agentKeys(of: identity.name)
                .union(former.filter { $0.name == identity.name }.map(\.key))
            guard !known.isEmpty, !known.contains(identity.key) else { continue }
            sentences.append(
                "keyRecoveryAgents.\(agent.name).certificate: file \(agent.certificate) holds another key than the archive has been "
                    + "encrypted to for a certificate of the same issuer and serial number (\(certificate.serialNumber.hex)), by which a "
                    + "record names who opens it: have the certificate made with a serial number of its own, and keep the former key, which "
                    + "the records of before need; 'certway key rewrap' brings them to the new one")
        }
        return sentences
    }

    /// An agent's certificate as its file was applied; nil for a file that is another one by now, or no certificate.
    private func certificate(
        of agent: KeyRecoveryAgentConfiguration, in files: AppliedFiles?
    ) -> Certificate? {
        try? Certificate(pem: SettingsFile(path: agent.certificate, applied: files?[agent.certificate]).text())
    }
}
