// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import JSONDocuments
import KeyArchival
import Ledger
import PKIX
import Records
public import Recoveries
import Settings
public import Store

extension RecoveryAdministration {
    /// How many entries a step of work on the whole archive reads.
    static let batch = 200

    // MARK: - Drill

    /// Opens archived keys to see whether they open, and forgets them: the key that comes out must be that of the certificate.
    ///
    /// - Parameters:
    ///   - sample: how many, chosen by chance; nil for all.
    ///   - agent: as with `fetch`.
    ///   - progress: gets how many are done, and how many there are.
    /// - Throws: `AccessDenied`; `SettingsError`, `PKIXError` and `GraphError` where the agent's key cannot be used at all.
    public func drill(
        sample: Int?, agent name: String? = nil, opening: Opening? = nil,
        progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> KeyDrill {
        let wish = Entrance.Wish(.drillKeys, AuditObject(.key, "archive"))
        return try await entrance.pass(.requestRecovery, to: wish, .all) {
            let orders = try await ledger.archivedOrders()
            let chosen = sample.map { Array(orders.shuffled().prefix($0)) } ?? orders
            var (agent, opened): (Gateway.UsableAgent?, Int) = (nil, 0)
            var failures: [KeyDrill.Failure] = []
            for start in stride(from: 0, to: chosen.count, by: Self.batch) {
                try Task.checkCancellation()
                let part = Array(chosen[start..<min(start + Self.batch, chosen.count)])
                var proven: [ArchiveEntry] = []
                for entry in try await ledger.archive(of: part) {
                    do {
                        // A record that cannot be read does not say either for whom it is; the next one does.
                        let used: Gateway.UsableAgent
                        if let agent {
                            used = agent
                        } else {
                            used = try await self.agent(name, opening, of: try entry.recipients())
                        }
                        agent = used
                        _ = try await KeyArchive.recover(
                            cms: entry.cms, certificate: used.certificate, agent: used.key,
                            subscriber: try Certificate(der: entry.certificate))
                        opened += 1
                        proven.append(entry)
                    } catch let error as PKIXError {
                        failures.append(
                            KeyDrill.Failure(
                                serialNumber: entry.serialNumber, subscriber: entry.subscriber,
                                reason: agent.map { entry.reason(error, as: $0.certificate) } ?? "\(error)"))
                    }
                }
                // What was not on record of records of an earlier version is known by this.
                if let agent { try await ledger.noteOpened(proven, with: AgentKeys([agent.certificate])) }
                progress(min(start + part.count, chosen.count), chosen.count)
            }
            return try await book.record(
                KeyDrill(
                    actor: caller.name, agent: agent?.certificate.subject.description.prefix(100).description ?? "none",
                    agentFingerprint: agent?.certificate.sha256Fingerprint ?? "", archived: orders.count,
                    sampled: chosen.count, opened: opened, failures: failures))
        }
    }

    /// Drills, the newest first.
    ///
    /// - Throws: `AccessDenied`, `StoreError`.
    public func drills(_ request: ListRequest = ListRequest()) async throws -> ListPage<KeyDrill> {
        try await entrance.require(.readRecoveries)
        return try await book.drills(request)
    }

    // MARK: - Other agents

    /// Encrypts the archive for other agents of the configuration. It goes on where it was broken off: what is for exactly these agents
    /// already is left alone.
    ///
    /// - Parameters:
    ///   - names: agents of the configuration; all who can open from now on.
    ///   - agent: who opens, as with `fetch`.
    /// - Throws: `AccessDenied`; `SettingsError` for agents that are not configured or not sound; what opening throws, for a key that cannot
    ///   be used at all. Whatever it throws, each entry is either as it was or for the new agents.
    public func rewrap(
        to names: [String], agent name: String? = nil, opening: Opening? = nil, isDryRun: Bool = false,
        progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> ArchiveRewrap {
        let wish = Entrance.Wish(
            .rewrapKeys, AuditObject(.key, "archive"), because: "to \(names.joined(separator: ", "))")
        return try await entrance.pass(.requestRecovery, to: wish, isDryRun ? .byTheUseCase : .all) {
            try requireDecided(names)
            let agents = try configured(names)
            let certificates = agents.map(\.certificate)
            let wanted = try certificates.map(AgentIdentity.init)
            var report = ArchiveRewrap(
                agents: names, archived: try await ledger.archivedOrders().count, isDryRun: isDryRun)
            var (agent, position): (Gateway.UsableAgent?, Int64) = (nil, 0)
            while true {
                try Task.checkCancellation()
                let entries = try await ledger.archive(after: position, most: Self.batch)
                guard let last = entries.last else { break }
                position = last.orderID
                var todo: [ArchiveEntry] = []
                for entry in entries {
                    do {
                        if try entry.recipients().areExactly(wanted) {
                            report.unchanged += 1
                        } else {
                            todo.append(entry)
                        }
                    } catch let error as PKIXError {
                        // One that is broken keeps no other from its new recipients.
                        report.failures.append(
                            KeyDrill.Failure(
                                serialNumber: entry.serialNumber, subscriber: entry.subscriber, reason: "\(error)"))
                    }
                }
                if isDryRun {
                    report.rewrapped += todo.count
                } else if let first = todo.first {
                    let used: Gateway.UsableAgent
                    if let agent {
                        used = agent
                    } else {
                        used = try await self.agent(name, opening, of: try first.recipients())
                    }
                    agent = used
                    try await rewrap(todo, as: used, to: certificates, names, &report)
                }
                progress(report.done, report.archived)
            }
            report.formerlyReadable = try await formerCounts(wanted)
            return report
        }
    }

    /// Who can open archived keys is decided on the gateway's machine (`MachineOnly`): from afar the archive goes to those whom all templates
    /// name, and to no others. One person could shut out the rest otherwise.
    private func requireDecided(_ names: [String]) throws {
        guard !caller.isAtCommandLine else { return }
        let named = Set(gateway.configuration.templates.filter(\.isArchived).map { Set($0.keyRecoveryAgents) })
        guard named != [Set(names)] else { return }
        let those =
            named.count == 1 ? named.first.map { $0.sorted().joined(separator: ", ") } ?? "" : "the same in all of them"
        throw SettingsError(
            "who can open archived keys is decided on the gateway's machine: here the archive is encrypted for the agents that the templates "
                + "name (\(those)); for others run 'certway key rewrap' there", at: .state)
    }

    private func configured(_ names: [String]) throws -> [KeyRecoveryAgent] {
        let known = gateway.configuration.keyRecoveryAgents
        let agents = try names.map { name in
            guard let agent = known.first(where: { $0.name == name }) else {
                throw SettingsError.unknown("key recovery agent", name, known.map(\.name))
            }
            return try agent.read()
        }
        let errors = KeyRecoveryAgent.findings(agents, at: ledger.clock.now()).filter { $0.severity == .error }
        guard errors.isEmpty else {
            throw SettingsError(errors.map(\.message).joined(separator: "; "), at: .commandLine)
        }
        return agents
    }

    /// One batch, several entries at the same time; written in one transaction.
    private func rewrap(
        _ entries: [ArchiveEntry], as agent: Gateway.UsableAgent, to certificates: [Certificate], _ names: [String],
        _ report: inout ArchiveRewrap
    ) async throws {
        let (certificate, key, keys) = (agent.certificate, agent.key, try AgentKeys(certificates))
        let made = try await withThrowingTaskGroup(of: (ArchiveEntry, Result<[UInt8], PKIXError>).self) { group in
            var results: [(ArchiveEntry, Result<[UInt8], PKIXError>)] = []
            var waiting = entries[...]
            func next() {
                guard let entry = waiting.popFirst() else { return }
                group.addTask {
                    do {
                        return (
                            entry,
                            .success(
                                try await KeyArchive.rewrap(
                                    cms: entry.cms, certificate: certificate, agent: key, to: certificates))
                        )
                    } catch let error as PKIXError { return (entry, .failure(error)) }
                }
            }
            for _ in 0..<8 { next() }
            while let result = try await group.next() {
                results.append(result)
                next()
            }
            return results
        }
        var records: [(orderID: Int64, old: [UInt8], new: [UInt8])] = []
        for (entry, result) in made {
            switch result {
            case .success(let new): records.append((entry.orderID, entry.cms, new))
            case .failure(let error):
                report.failures.append(
                    KeyDrill.Failure(
                        serialNumber: entry.serialNumber, subscriber: entry.subscriber,
                        reason: entry.reason(error, as: certificate)))
            }
        }
        let actor = caller.name
        let fingerprint = certificate.sha256Fingerprint
        report.rewrapped += try await ledger.replaceArchive(records, recipients: names, keys: keys) { count in
            AuditEntry(
                .rewrapKeys, AuditObject(.key, "archive"), by: AuditActor(named: actor),
                after: [
                    "agents": JSONValue(names), "count": JSONValue(count), "openedBy": .string(fingerprint),
                ])
        }
    }

    /// How many entries each agent of the configuration that is none of the new ones opens still. One of which that is not on record
    /// counts: nobody is to throw a key away for want of a note.
    private func formerCounts(_ wanted: [AgentIdentity]) async throws -> [(name: String, entries: Int)] {
        let former = gateway.configuration.keyRecoveryAgents.compactMap { agent in
            (try? AgentIdentity(agent.read().certificate)).map { (name: agent.name, identity: $0) }
        }.filter { !wanted.contains($0.identity) }
        guard !former.isEmpty else { return [] }
        var counts = former.map { (name: $0.name, entries: 0) }
        var position: Int64 = 0
        while true {
            let entries = try await ledger.archive(after: position, most: Self.batch)
            guard let last = entries.last else { return counts }
            position = last.orderID
            for entry in entries {
                let recipients = try? entry.recipients()
                for index in former.indices
                where recipients.map({ [.opens, .unknown].contains($0.verdict(former[index].identity)) }) ?? true {
                    counts[index].entries += 1
                }
            }
        }
    }
}
