// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import HandOver
import KeyArchival
import Ledger
import MicrosoftGraph
import PKIX
import Recoveries
import Secrets
import Settings

extension RecoveryAdministration {
    /// Opens, claims, hands out: what leaves was on record before. The key is in the clear in this function alone.
    func handOut(_ recovery: Recovery, agent name: String?, opening: Opening?) async throws -> RecoveredPackage {
        var attempt = KeyRecoveryAttempt(
            certificate: recovery.serialNumber, actor: caller.name, purpose: recovery.purpose)
        (attempt.orderID, attempt.subscriber) = (recovery.orderID, recovery.subscriber)
        do {
            guard let record = try await ledger.certificates(ids: [recovery.certificateID]).first,
                let archived = try await ledger.archivedKey(certificateID: recovery.certificateID)
            else { throw LedgerError.notPossible("the key of \(recovery.serialNumber) is not in the archive any more") }
            let chain = try record.certificates
            let password = SecureRandom.password()
            let key = try await open(archived, as: name, opening, of: chain[0], noting: &attempt)
            let file = try await PasswordWork.run {
                try PKCS12Bundle(key: key, certificate: chain[0], chain: Array(chain.dropFirst())).encrypted(
                    password: password, friendlyName: record.userPrincipalName,
                    iterations: PKCS12Bundle.iterationsForPeople)
            }
            attempt.outcome = .recovered
            let prepared = try prepare(recovery, password)
            let fetched = try await book.fetch(
                recovery.id, by: person, approvals: approvals, attempt: attempt, password: prepared)
            return RecoveredPackage(recovery: fetched, fileName: Self.fileName(record), bytes: file)
        } catch {
            attempt.outcome = error is LedgerError || error is SettingsError ? .refused : .failed
            attempt.detail = "\(error)"
            try await ledger.record(attempt)
            throw error
        }
    }

    /// The archived key of a certificate, in the clear; who opens it stands in the attempt before it is open.
    func open(
        _ archived: ArchivedKey, as name: String?, _ opening: Opening?, of subscriber: Certificate,
        noting attempt: inout KeyRecoveryAttempt
    ) async throws -> PrivateKey {
        let agent = try await agent(name, opening, of: try archived.recipients())
        attempt.agent = agent.certificate.subject.description
        attempt.agentFingerprint = agent.certificate.sha256Fingerprint
        return try await KeyArchive.recover(
            cms: archived.cms, certificate: agent.certificate, agent: agent.key, subscriber: subscriber)
    }

    private func prepare(_ recovery: Recovery, _ password: Secret) throws -> PreparedPackage {
        let recipient = recovery.passwordRecipient
        var package = NewPackage(
            .recoveryPassword, about: "recovery R-\(recovery.id)", for: Self.recipient(recipient),
            named: recipient.name, by: caller.name,
            lifetime: Double(gateway.configuration.recovery.lapsesAfter.components.seconds),
            fileName: "password.txt", mediaType: "text/plain")
        package.hints = ["recovery": .string("R-\(recovery.id)"), "serialNumber": .string(recovery.serialNumber)]
        return try gateway.packages.prepare(package, content: password)
    }

    private static func fileName(_ record: CertificateRecord) -> String {
        let name = record.userPrincipalName.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "@.-_".contains($0)) }
        return "\(name.prefix(80))-\(record.serialNumber.prefix(8)).p12"
    }

    /// The one that opens: the caller's own, the named one, or the first of the configuration that is a recipient; one of which it is not
    /// on record comes behind those of which it is.
    func agent(
        _ name: String?, _ opening: Opening?, of recipients: ArchiveRecipients
    ) async throws -> Gateway.UsableAgent {
        if let opening { return Gateway.UsableAgent(certificate: try opening.certificate(), key: try opening.key()) }
        if let name {
            let names = gateway.configuration.keyRecoveryAgents.map(\.name)
            guard let found = gateway.configuration.keyRecoveryAgents.first(where: { $0.name == name }) else {
                throw SettingsError.unknown("key recovery agent", name, names)
            }
            return try await PasswordWork.run { try gateway.usable(found) }
        }
        let usable = try gateway.agentsWithKey.map { agent in
            (agent: agent, verdict: recipients.verdict(try AgentIdentity(agent.read().certificate)))
        }
        for verdict in [ArchiveRecipients.Verdict.opens, .unknown] {
            guard let found = usable.first(where: { $0.verdict == verdict })?.agent else { continue }
            return try await PasswordWork.run { try gateway.usable(found) }
        }
        let other = usable.filter { $0.verdict == .otherKey }.map(\.agent.name)
        throw SettingsError(
            usable.isEmpty
                ? "no key recovery agent of the configuration has a key that the gateway may use: bring the agent's key with --agent-certificate "
                    + "and --agent-key, or configure keyRecoveryAgents[].key"
                : other.isEmpty
                    ? "the key is archived for none of the agents whose key the gateway may use: bring the agent's key"
                    : "the key is archived for a former key of \(other.joined(separator: ", ")), whose certificate had the same issuer and "
                        + "serial number: bring that key", at: .state)
    }
}
