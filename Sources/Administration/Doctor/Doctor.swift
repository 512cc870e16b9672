// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Delivery
import Directory
import Foundation
import Gateway
import KeyArchival
import Ledger
import MicrosoftGraph
import Planning
import Publication
import Settings
import Store

/// Looks at everything the gateway depends on: configuration, permissions, reachability, clock, expiring credentials. Only
/// reads, at the CAs and in the tenant too.
public struct Doctor: Sendable {
    let gateway: Gateway
    private let now: Date

    public init(_ gateway: Gateway, now: Date? = nil) {
        self.gateway = gateway
        self.now = now ?? gateway.store.clock.now()
    }

    public func examine() async throws -> Examination {
        var examination = Examination()
        await sealingKey(&examination)
        for file in gateway.configuration.exchangedFiles { examination.note("applied files", .failed, file.sentence) }
        await auditTrail(&examination)
        await configuration(&examination)
        await tenant(&examination)
        clock(&examination)
        await database(&examination)
        try await templates(&examination)
        try await agents(&examination)
        try await directories(&examination)
        for former in try await gateway.store.formerDeliverySentences() {
            examination.note("Intune", .warning, former.sentence)
        }
        for trouble in try await gateway.lastMileTroubles() where trouble.isForOperator {
            examination.note("devices", .warning, trouble.sentence)
        }
        await services(&examination)
        for name in gateway.backends.names { await backend(name, &examination) }
        // Those of a profile that the configuration names are told with it.
        let told = examination.findings.filter { $0.subject == "configuration" }.map(\.text)
        for problem in gateway.profiles.catalogue.problems(.everything).map(\.description)
        where !told.contains(where: { $0.contains(problem) }) {
            examination.note("connector profiles", .failed, problem)
        }
        // What a pass would say, which nobody can ask for while the service runs.
        examination.noteStandstill("orders", try await gateway.standingOrders(at: now))
        examination.noteStandstill("keys", try await gateway.keyProblems())
        examination.noteStandstill("incidents", try await gateway.incidentProblems())
        for sentence in try await gateway.failoverSentences() { examination.note("failover", .warning, sentence) }
        for sentence in try await gateway.unconfirmedIssuers() { examination.note("issuing CAs", .warning, sentence) }
        for sentence in try await gateway.missingKeys() { examination.note("keys", .warning, sentence) }
        let failed = now - 7 * 86_400
        examination.noteStandstill(
            "certificates", try await gateway.ledger.actionObstacles(failedSince: failed).map(\.sentence))
        return examination
    }

    /// A glance; all of it is walked by 'certway audit verify'.
    private func auditTrail(_ examination: inout Examination) async {
        guard let mark = gateway.home.auditMark else { return }
        do {
            let breach = try await gateway.ledger.audit.breach(of: mark)
            examination.note(
                "audit trail", breach == nil ? .ok : .failed,
                breach.map { "\($0); 'certway audit verify' says more" }
                    ?? "record \(mark.number) is what it was; 'certway audit verify' looks at each")
        } catch {
            examination.note("audit trail", .failed, "\(error)")
        }
    }

    /// By what the tenant's answers have told while it was looked at.
    private func clock(_ examination: inout Examination) {
        if let sign = gateway.clockSign {
            examination.note("clock", .failed, sign)
        } else if let minutes = gateway.clockMinutes {
            examination.note(
                "clock", abs(minutes) < 5 ? .ok : .warning,
                minutes == 0
                    ? "agrees with Microsoft's"
                    : minutes > 0
                        ? "\(Plural(minutes, "minute")) ahead of Microsoft's"
                        : "\(Plural(-minutes, "minute")) behind Microsoft's")
        }
    }

    private func sealingKey(_ examination: inout Examination) async {
        do {
            let source = try SealingKeySource.named()
            if let source { _ = try await gateway.sealingKey(at: source) }
            _ = try gateway.sealingKey()
            examination.note(
                "sealing key", .ok,
                "\(gateway.home.sealingKey) is the one this folder was made with; "
                    + (source.map { "it lies at \($0), too" } ?? "back it up with the database"))
        } catch {
            examination.note("sealing key", .failed, "\(error)")
        }
    }

    /// Everything `apply` would say of the stored configuration, and whether the secrets in the environment are there.
    private func configuration(_ examination: inout Examination) async {
        do {
            let problems = try await ConfigurationInspection.problems(of: gateway, now: now)
            for problem in problems { examination.note("configuration", .failed, "\(problem)") }
            if problems.isEmpty {
                examination.note("configuration", .ok, "its parts fit together, and what it names is there")
            }
        } catch {
            examination.note("configuration", .failed, "\(error)")
        }
        for warning in gateway.configuration.warnings() + gateway.desk.unruled {
            examination.note("configuration", .warning, warning)
        }
    }

    private func tenant(_ examination: inout Examination) async {
        do {
            let graph = try gateway.graphClient()
            // A template for all shared mailboxes has no group of the tenant.
            let groups = gateway.configuration.templates.map(\.group).filter {
                $0 != TemplateConfiguration.allMailboxes
            }
            let names = try await gateway.mirror.groupNames()
            for finding in try await DirectoryCheck(graph: graph).run(groups: groups) {
                // People know a group by its name, and in a column ids are cut where they differ.
                let named = names.first { finding.subject.hasSuffix($0.key) }
                let subject = named.map { finding.subject.replacing($0.key, with: $0.value) } ?? finding.subject
                let use = finding.permissions.isEmpty ? "" : " (\(finding.permissions.joined(separator: ", ")))"
                examination.note(
                    subject, finding.problem == nil ? .ok : .failed,
                    finding.problem.map { "\($0)" } ?? "can be read\(use)")
            }
            if gateway.configuration.templates.contains(where: { $0.enabled && $0.certificateUserIDs != nil }) {
                try await signIn(graph, &examination)
            }
            guard let uploader = try gateway.uploader(graph) else {
                return examination.note(
                    "Intune", .warning, "section intune is missing; nothing is delivered to devices")
            }
            do {
                switch try await uploader.check() {
                case .granted: examination.note("Intune", .ok, "imported PFX can be read and written")
                case .unknown:
                    examination.note(
                        "Intune", .warning,
                        "imported PFX can be read; whether they can be written cannot be told from the token: see that "
                            + "\(GraphPermission.writeImportedPFX.name) is granted")
                }
            } catch {
                examination.note("Intune", .failed, "\(error)")
            }
        } catch {
            examination.note("tenant", .failed, "\(error)")
        }
    }

    /// Whether accounts can be told by which certificate their people sign in; the directory role that it needs, too, shows nowhere.
    private func signIn(_ graph: GraphClient, _ examination: inout Examination) async throws {
        let name = GraphPermission.writeUsers.name
        switch try await graph.missing([.writeUsers]) {
        case nil:
            examination.note(
                "certificateUserIds", .warning,
                "whether they can be written cannot be told from the token: see that \(name) is granted")
        case []?: examination.note("certificateUserIds", .ok, "can be written (\(name))")
        case _?:
            examination.note(
                "certificateUserIds", .failed,
                "cannot be written: grant the application permission \(name) in Entra ID with admin consent, and the role Privileged "
                    + "Authentication Administrator")
        }
    }

    /// What the last plan says of groups that have been read: of people for whom nothing happens by itself, and of too many new
    /// orders.
    private func templates(_ examination: inout Examination) async throws {
        let read = try await gateway.mirror.groupNames()
        var plans: [PlanSummary] = []
        for template in try await gateway.planner.planned(gateway.configuration)
        where read[template.group.lowercased()] != nil {
            let plan = try await gateway.planner.last(template)
            plans.append(plan)
            examination.noteStandstill("templates", plan.standstill)
        }
        for template in gateway.configuration.templates
        where template.enabled && template.mailboxes == nil && template.delivery == .none
            && template.keyRecoveryAgents.isEmpty
        {
            examination.note(
                "templates", .warning,
                "template \(template.name): keys of its certificates come to nobody by themselves, for delivery is none and "
                    + "keyRecoveryAgents names nobody: deliver them, name agents, or hand each over")
        }
        examination.noteStandstill("certificates", try await gateway.certificatesToDecideOn())
        let spending = try await Spending.read(
            gateway.ledger, for: gateway.configuration, at: gateway.ledger.clock.now())
        examination.noteStandstill(
            "plan", PlanLimits(plans, gateway.configuration.limits, spending).sentences)
    }

    private func database(_ examination: inout Examination) async {
        do {
            let graph = try? gateway.graphClient()
            let sign = try await gateway.restoreSign(graph)
            let doubts = try await gateway.restoreDoubts()
            let doubt = doubts.stops + doubts.notes
            let found = try await forgotten(graph, isLookedFor: sign != nil || !doubt.isEmpty)
            if !doubt.isEmpty {
                examination.note(
                    "database", doubts.stops.isEmpty ? .warning : .failed,
                    (doubt + [found].compactMap(\.self)).joined(separator: "; "))
            } else if let sign {
                examination.note("database", .failed, [sign, found].compactMap(\.self).joined(separator: "; "))
            } else if let found {
                examination.note("database", .warning, "going on with an older copy was accepted; \(found)")
            } else {
                examination.note("database", .ok, "nothing says that \(gateway.store.place) is an older copy")
            }
        } catch {
            examination.note("database", .warning, "whether it is an older copy cannot be told: \(error)")
        }
    }

    /// How many certificates the database has forgotten, where there is a sign of it or a consent to it; nil for none.
    private func forgotten(_ graph: GraphClient?, isLookedFor: Bool) async throws -> String? {
        guard let graph, let uploader = try gateway.uploader(graph) else { return nil }
        if !isLookedFor { guard try await gateway.restoreCheck.hasConsent else { return nil } }
        let count = try await gateway.restoreCheck.forgotten(in: uploader).count
        guard count > 0 else { return nil }
        return "Intune holds \(Plural(count, "certificate")) that it does not know: 'certway restore list' lists them"
    }

    /// Whether each directory lets itself be searched, and what could not be published there.
    private func directories(_ examination: inout Examination) async throws {
        let troubles = try await gateway.publicationTroubles()
        for configured in gateway.configuration.directories {
            let subject = "directory \(configured.name)"
            do {
                examination.note(subject, .ok, try await gateway.certificateDirectory(configured).check())
            } catch let error as PublicationError {
                examination.note(subject, .failed, error.message)
            } catch {
                examination.note(subject, .failed, "\(error)")
            }
            for trouble in troubles where !trouble.isAbandoned && trouble.directory == configured.name {
                examination.note(subject, .warning, trouble.text)
            }
        }
        for trouble in troubles where trouble.isAbandoned {
            examination.note("directories", .warning, trouble.text)
        }
    }

    private func agents(_ examination: inout Examination) async throws {
        var keys: Set<String> = []
        for configured in gateway.configuration.keyRecoveryAgents {
            let subject = "key recovery agent \(configured.name)"
            do {
                let agent = try gateway.keyRecoveryAgent(configured)
                let findings = agent.findings(at: now)
                for finding in findings {
                    examination.note(subject, finding.severity == .error ? .failed : .warning, finding.message)
                }
                let identity = try AgentIdentity(agent.certificate)
                keys.insert(identity.key)
                if try await gateway.ledger.agentKeys(of: identity.name).contains(where: { $0 != identity.key }) {
                    examination.note(
                        subject, .warning,
                        "keys were archived for another key under the same issuer and serial number, which this agent's key does not open: "
                            + "keep the former key, give the agent a certificate with a serial number of its own, then 'certway key rewrap'"
                    )
                } else if findings.isEmpty {
                    examination.note(
                        subject, .ok, "certificate valid to \(agent.certificate.notAfter.ISO8601Format())")
                }
            } catch let error as StoreError {
                throw error
            } catch {
                examination.note(subject, .failed, "\(error)")
            }
        }
        if let closed = ExchangedAgents.closed(try await gateway.ledger.archivedKeys(openedByNoneOf: keys)) {
            examination.note("archive", .warning, closed)
        }
    }

    /// Whether the account has what the templates order, where the CA can be asked.
    private func products(_ name: String, _ subject: String, _ examination: inout Examination) async {
        let templates = gateway.configuration.templates.filter { $0.enabled && $0.backendCA == name }
        guard !templates.isEmpty, let offered = try? await BackendCAAdministration(gateway, now: now).products(name),
            !offered.isEmpty
        else { return }
        let ids = offered.map(\.product.id)
        for template in templates {
            // The profile may know it by another name.
            let names = gateway.backends.product(of: template).map { [$0.id] + $0.aliases } ?? [template.product]
            guard Set(names).isDisjoint(with: ids) else { continue }
            examination.note(
                subject, .failed,
                "template \(template.name) orders product \(template.product), which the account does not have; it has "
                    + "\(ids.prefix(10).joined(separator: ", "))\(ids.count > 10 ? ", …" : ""): see 'certway ca products \(name)'"
            )
        }
    }

    private func backend(_ name: String, _ examination: inout Examination) async {
        let subject = "backend CA \(name)"
        let check = await BackendCAAdministration(gateway, now: now).check(name)
        switch check.result {
        case .success(let report):
            await products(name, subject, &examination)
            examination.note(subject, .ok, ([report.account] + report.warnings).joined(separator: "; "))
        case .failure(let problem): examination.note(subject, .failed, problem.sentence)
        }
        for finding in check.roots { examination.note(subject, finding.verdict, finding.text) }
    }
}
