// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import KeyArchival
import KeyVault
import MicrosoftGraph
public import PKIX
public import Recoveries
import Settings

extension Gateway {
    /// Recoveries of archived keys, in this gateway's database.
    public var recoveries: RecoveryBook {
        RecoveryBook(database: database, clock: ledger.clock, packages: packages)
    }

    /// An agent whose key the gateway may use, with that key.
    public struct UsableAgent: Sendable {
        public let certificate: Certificate
        public let key: AgentKey

        public init(certificate: Certificate, key: AgentKey) { (self.certificate, self.key) = (certificate, key) }
    }

    /// Agents whose key the gateway may use, in the order of the configuration; nothing is read.
    public var agentsWithKey: [KeyRecoveryAgentConfiguration] {
        configuration.keyRecoveryAgents.filter { $0.key != nil }
    }

    /// Reads an agent's certificate and makes its key usable; a key in a vault is not asked yet.
    ///
    /// - Throws: `SettingsError` and `PKIXError` for what cannot be read; the operator must act.
    public func usable(_ agent: KeyRecoveryAgentConfiguration) throws -> UsableAgent {
        let certificate = try agent.read().certificate
        let place = "keyRecoveryAgents.\(agent.name)"
        let key: AgentKey =
            switch agent.key {
            case .vault(let address): .service(VaultAgentKey(try keyVaultClient(), address))
            case .secret(let reference):
                try AgentKey(
                    file: reference.resolve(for: "\(place).key"),
                    passphrase: agent.passphrase?.resolve(for: "\(place).passphrase"))
            case nil:
                throw SettingsError(
                    "\(place).key is missing: the gateway cannot open keys as \(agent.name); open them where that key is",
                    at: .state)
            }
        return UsableAgent(certificate: certificate, key: key)
    }

    /// What uses keys in a vault, in the name of the tenant's application.
    ///
    /// - Throws: as `graphClient`.
    public func keyVaultClient() throws -> KeyVaultClient {
        KeyVaultClient(cloud: try tenant.cloud, tokens: try tenantTokens, sender: try tenantSender)
    }
}
