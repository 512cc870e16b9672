// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ExchangeOnline
import Foundation
import Gateway
import KeyVault
import MailTransport
import MicrosoftGraph
import PKIX
import Settings

extension Doctor {
    private static let sendMail = GraphPermission(name: "Mail.Send", wider: [])

    /// Services that single sections of the configuration need: Exchange Online, mail, vaults of agents' keys.
    func services(_ examination: inout Examination) async {
        await exchange(&examination)
        await mail(&examination)
        for agent in gateway.configuration.keyRecoveryAgents {
            if case .vault(let address) = agent.key { await vault(address, agent, &examination) }
        }
        await SignInExamination(gateway).look(&examination)
    }

    /// For shared mailboxes; directories look for themselves.
    private func exchange(_ examination: inout Examination) async {
        guard gateway.configuration.templates.contains(where: { $0.enabled && $0.needsMailboxes }) else { return }
        do {
            let client = try gateway.exchangeClient()
            let found = try await client.invoke(
                "Get-Mailbox", ["RecipientTypeDetails": "SharedMailbox", "ResultSize": 1],
                properties: ["ExternalDirectoryObjectId"])
            guard let id = found.first?["ExternalDirectoryObjectId"]?.string else {
                return examination.note(
                    "Exchange Online", .warning,
                    "answers, and shows no shared mailbox: if there are some, look at the scope of the application's role"
                )
            }
            let rights = try await client.invoke("Get-MailboxPermission", ["Identity": .string(id)])
            examination.note(
                "Exchange Online", rights.isEmpty ? .warning : .ok,
                rights.isEmpty
                    ? "lists mailboxes and shows nobody who may open them: look at the application's role in Exchange"
                    : "shared mailboxes, and who may open them, can be read")
        } catch {
            examination.note("Exchange Online", .failed, "\(error)")
        }
    }

    /// How people are told.
    private func mail(_ examination: inout Examination) async {
        guard let configured = gateway.configuration.notifications else { return }
        do {
            if let server = try gateway.mailSender() as? MailServer {
                try await server.check()
                return examination.note(
                    "mail server", .ok,
                    "\(server.host):\(server.port) takes the sign-in over TLS; 'certway notification test' sends")
            }
            try await mailByGraph(from: configured.from, &examination)
        } catch let error as MailError {
            let hint = error.kind == .configuration ? "; see notifications.smtp" : ""
            examination.note("mail server", .failed, "\(error.message)\(hint)")
        } catch {
            examination.note("mail", .failed, "\(error)")
        }
    }

    private func mailByGraph(from sender: String, _ examination: inout Examination) async throws {
        let graph = try gateway.graphClient()
        let name = Self.sendMail.name
        let missing = try await graph.missing([Self.sendMail])
        guard missing?.isEmpty != false else {
            return examination.note(
                "mail", .failed,
                "nobody can be told: grant the application permission \(name) in Entra ID with admin consent, and limit it to "
                    + "\(sender) in Exchange Online")
        }
        do {
            let found = try await graph.send(
                GraphRequest("GET", ["users", sender], query: [("$select", "mail,accountEnabled")]))
            guard found["mail"]?.string != nil else {
                return examination.note(
                    "mail", .failed, "\(sender) has no mailbox: name one that has in notifications.from")
            }
        } catch let error as GraphError where error.kind == .notFound {
            return examination.note(
                "mail", .failed, "the tenant has no \(sender): name a mailbox of it in notifications.from")
        }
        examination.note(
            "mail", missing == nil ? .warning : .ok,
            missing == nil
                ? "whether mails may be sent cannot be told from the token: see that \(name) is granted"
                : "\(name) is granted, and \(sender) has a mailbox; 'certway notification test' sends")
    }

    /// Whether the vault shows the agent's key, and whether it is that of the certificate.
    private func vault(
        _ address: VaultAddress, _ agent: KeyRecoveryAgentConfiguration, _ examination: inout Examination
    ) async {
        let subject = "key vault, agent \(agent.name)"
        do {
            let certificate = try agent.read().certificate
            let modulus = try await gateway.keyVaultClient().modulus(of: address).modulus.drop { $0 == 0 }
            let isSame = try Data(certificate.publicKey.der).range(of: Data(modulus)) != nil
            examination.note(
                subject, isSame ? .ok : .failed,
                isSame
                    ? "\(address) is the key of the agent's certificate; 'certway key drill' opens archived keys with it"
                    : "\(address) is another key than the agent's certificate has: name its version in keyRecoveryAgents, or the "
                        + "certificate that was made for it")
        } catch {
            examination.note(subject, .failed, "\(error)")
        }
    }
}
