// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import Directory
import ExchangeOnline
import Foundation
import Fulfilment
import HTTPTransport
import KeyArchival
public import KeyHoldings
import Ledger
import MicrosoftGraph
import PKIX
import Planning
import Settings

extension Gateway {
    /// - Throws: `SettingsError` when no tenant is configured or its credential cannot be read.
    public func graphClient() throws -> GraphClient {
        let tenant = try tenant
        return GraphClient(
            endpoints: tenant.endpoints, credential: try tenant.tokenCredential(), sender: try tenantSender)
    }

    /// What runs cmdlets of Exchange Online, in the name of the tenant's application.
    ///
    /// - Throws: as `graphClient`.
    public func exchangeClient() throws -> ExchangeAdminClient {
        let tenant = try tenant
        return ExchangeAdminClient(
            endpoints: tenant.endpoints, tenant: tenant.id, tokens: try tenantTokens, sender: try tenantSender)
    }

    /// Tokens of the tenant's application for other services than Graph.
    ///
    /// - Throws: as `graphClient`.
    var tenantTokens: TokenSource {
        get throws { TokenSource(credential: try tenant.tokenCredential(), sender: try tenantSender) }
    }

    var tenant: TenantConfiguration {
        get throws(SettingsError) {
            guard let tenant = configuration.tenant else {
                throw SettingsError("no tenant is configured: add section 'tenant' and run 'certway apply -f FILE'")
            }
            return tenant
        }
    }

    /// What carries requests to the tenant, with the roots that are trusted for it.
    ///
    /// - Throws: as `graphClient`.
    public var tenantSender: RequestSender {
        get throws {
            let http = try tenant.tlsRoots.map { roots -> any HTTPClient in
                CurlHTTPClient(
                    trustAnchorsPEM: try SettingsFile(path: roots).rootsPEM("tlsRoots"), trace: logger.trace)
            }
            return RequestSender(
                http: http ?? self.http, clock: store.clock, logger: logger, tenantClock: store.tenantClock)
        }
    }

    /// What asks the tenant for its sign-in and its keys.
    ///
    /// - Throws: as `graphClient`.
    public func openIDClient() throws -> OpenIDClient {
        let tenant = try tenant
        return OpenIDClient(tenant: tenant.id, endpoints: tenant.endpoints, sender: try tenantSender)
    }

    /// The application that people sign in to: that of section `console.signIn`, else the tenant's.
    ///
    /// - Throws: as `graphClient`.
    public func signInCredential() throws -> any ApplicationCredential {
        let tenant = try tenant
        guard let signIn = configuration.console?.signIn, let clientID = signIn.clientID,
            let credential = signIn.credential
        else { return try tenant.tokenCredential() }
        return try tenant.applicationCredential(clientID, credential, at: "console.signIn")
    }

    /// While the connector's key is another one than was applied, what it gives delivers nothing; what is delivered can be taken out.
    public func uploader(_ graph: GraphClient) throws -> IntunePFXUploader? {
        guard let intune = configuration.intune else { return nil }
        if let exchanged = configuration.exchangedFiles.first(where: { $0.place.path == intune.publicKey }) {
            return IntunePFXUploader(
                graph: graph, deliveringNothing: exchanged.sentence, providerName: intune.providerName,
                keyName: intune.keyName)
        }
        return IntunePFXUploader(graph: graph, settings: try intune.settings())
    }

    /// Those whose certificate is the one that was applied: for others nothing is archived, and nothing new ordered (`fileFault`).
    func keyRecoveryAgents() throws -> [KeyRecoveryAgent] {
        let exchanged = Set(configuration.exchangedFiles.map(\.place.path))
        return try configuration.keyRecoveryAgents.filter { !exchanged.contains($0.certificate) }.map(keyRecoveryAgent)
    }

    public func keyRecoveryAgent(_ agent: KeyRecoveryAgentConfiguration) throws -> KeyRecoveryAgent {
        try agent.read()
    }

    /// Why no key can be archived for an agent, by its name, at the first of these moments that has a reason; of those for whom one can,
    /// nothing. Reads their certificates.
    public func agentProblems(at dates: Date...) -> [String: String] {
        var problems: [String: String] = [:]
        for configured in configuration.keyRecoveryAgents {
            do {
                let agent = try keyRecoveryAgent(configured)
                let findings = dates.flatMap { agent.findings(at: $0) }
                problems[configured.name] = findings.first { $0.severity == .error }?.message
            } catch {
                problems[configured.name] = "key recovery agent \(configured.name): \(error)"
            }
        }
        return problems
    }

    /// Makes this process the one that works on the folder, and gives back what a dead one had claimed.
    ///
    /// - Throws: `SettingsError` when another process is at work, or the sealing key is not the one made with the folder.
    public func takeOver() async throws {
        try await takeFolder()
        try await takeNode()
    }

    /// The part of `takeOver` that is done once in a process.
    func takeFolder() async throws {
        try await bringSealingKey()
        _ = try sealingKey()
        try home.acquireLock()
    }

    /// The rest of it, which may be begun again.
    func takeNode() async throws {
        try await requireOwnName()
        // A node that is new has no number yet; from here on it must not be gone.
        if store.isNewNode { try submissionMark.reset(to: try await ledger.submissionCount()) }
        home.keep(nodeIdentifier: owner)
        try await ConfigurationStore(ledger: ledger).holdFiles(of: configuration)
        try await ledger.releaseLeases(of: isAlone ? nil : owner)
    }

    /// Whether the database is this folder's and nobody else can work on it.
    public var isAlone: Bool { database.dialect.now == nil }

    /// Name of this node, the same after a restart.
    public var owner: String { store.node }

    /// How many requests have left from this folder, kept beside the database.
    var submissionMark: SubmissionMark { store.submissionMark }

    /// Whether the database seems to be an older copy, and a person's word that it is not.
    public var restoreCheck: RestoreCheck { store.restoreCheck }

    /// Why nothing is ordered and nothing ended, where this machine's clock is far from Microsoft's; nil where it is not, or none of its
    /// services was asked yet.
    public var clockSign: String? {
        guard let ahead = store.tenantClock.difference, abs(ahead) > TenantClock.bound else { return nil }
        let days = Int((abs(ahead) / 86_400).rounded(.up))
        return ahead > 0
            ? "the clock of this machine is \(days) days ahead of Microsoft's: nothing is ordered and nothing ended until they agree within "
                + "two days; set it ('timedatectl'), and it goes on by itself"
            : "the clock of this machine is \(days) days behind Microsoft's: nothing is ordered and nothing ended until they agree within "
                + "two days; set it ('timedatectl'), and it goes on by itself"
    }

    /// Whether this machine's clock was held against Microsoft's and is near it. What is erased because its time is over is erased by such a
    /// clock alone: it can wait, and does not come back.
    var isTimeProven: Bool { clockMinutes != nil && clockSign == nil }

    /// As `clockSign`; where nobody has talked to the tenant yet, it is asked for the time first: a few requests, with the patience of
    /// somebody who waits. A tenant that cannot be asked tells no time: then the machine's counts.
    public func learntClockSign() async -> String? {
        guard let client = try? openIDClient() else { return clockSign }
        await Patience.$isShort.withValue(true) {
            for _ in 0..<TenantClock.count where clockMinutes == nil {
                guard (try? await client.configuration()) != nil else { return }
            }
        }
        return clockSign
    }

    /// Whoever orders beside the plan asks for it first: by another time what is in force seems to be over.
    ///
    /// - Throws: `LedgerError.notPossible` where the clock cannot be trusted; an operator must set it.
    public func requireTime() async throws {
        if let sign = await learntClockSign() { throw LedgerError.notPossible(sign) }
    }

    /// By how many minutes this machine's clock is ahead of Microsoft's; nil where none of its services was asked yet.
    public var clockMinutes: Int? { store.tenantClock.difference.map { Int(($0 / 60).rounded()) } }

    /// Why nothing new may be ordered; nil when nothing stands against it.
    ///
    /// - Parameter graph: to ask Intune what it holds of people about to be ordered for; nil where the tenant cannot be asked.
    public func restoreSign(_ graph: GraphClient?) async throws -> String? {
        if try await restoreDoubt != nil { return nil }
        let templates = configuration.templates.filter { $0.enabled && $0.delivery == .intune }.map(\.name)
        let intune = try graph.flatMap { try uploader($0) }
        guard try await RestoreDoubt.isPossible(ledger) else {
            return try await restoreCheck.sign(intune, templates: templates)
        }
        guard let cause = try await restoreCheck.cause(intune, templates: templates) else { return nil }
        // The copy may have been worked on for days; what was lost came to Intune some time after it was ordered.
        var lost: [ForgottenCertificate] = []
        if let intune { lost = try await restoreCheck.forgotten(in: intune) }
        let oldest = lost.filter { !$0.isAccepted }.compactMap(\.moment).min()
        guard try await store.isFindable(oldest) else {
            try await RestoreDoubt.forbid(ledger)
            try await store.keepWhatWasToComeOnce(because: cause)
            return try await restoreCheck.sign(intune, templates: templates)
        }
        try await store.doubt(cause, since: oldest.map { $0 - Self.longestWait })
        return nil
    }

    /// So long after its order a certificate comes to Intune, where people at the CA decide on it.
    private static let longestWait: TimeInterval = 30 * 86400

    /// What the stages work with.
    ///
    /// - Parameter sealingKey: the one made with the home, as this process has read it.
    func context(
        _ graph: GraphClient, sealingKey: SealingKey, memory: EngineMemory, mark: SubmissionMark,
        keyGenerator: KeyGenerator
    ) throws -> EnrollmentContext {
        var context = EnrollmentContext(
            ledger: ledger, backends: backends, keyRecoveryAgents: try keyRecoveryAgents(),
            sealingKey: sealingKey, keyGenerator: keyGenerator, uploader: try uploader(graph),
            clock: ledger.clock, logger: logger, memory: memory)
        context.concurrency = configuration.limits.concurrency
        context.submissionMark = mark
        context.keepsWorkingKeys = keepingOfKeys > 0
        context.certificateUserIDs = CertificateUserIDs(graph: graph)
        context.signInFields = Dictionary(
            configuration.templates.compactMap { template in template.certificateUserIDs.map { (template.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        context.revocationReader = memory.revocationReader(http)
        context.sealingKeyFault = { sealingKeyFault() }
        context.fileFault = { fileFault(at: $0) }
        context.accepted = Dictionary(
            configuration.allTemplates.map { ($0.name, $0.accepted) }, uniquingKeysWith: { first, _ in first })
        context.templateTerms = Dictionary(
            configuration.templates.map { ($0.name, OrderTerms(template: $0)) }, uniquingKeysWith: { first, _ in first }
        )
        context.pfxEncryptions = Dictionary(
            configuration.templates.compactMap { template in template.pfxEncryption.map { (template.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        let eligibility = Eligibility(
            mirror: mirror, template: { [configuration] in configuration.template($0) },
            product: { [backends] in backends.product(of: $0) },
            rules: { [desk, clock = ledger.clock] in try desk.rules(for: $0, at: clock.now()) },
            incidents: planner.incidents, exceptions: store.planner.exceptions,
            oldestReading: { [clock = ledger.clock, interval = configuration.limits.interval] in
                // A pass that fails is made good by the next one; a service with long pauses has no fresher word.
                clock.now() - max(3600, 2 * TimeInterval(interval.components.seconds))
            })
        context.brokenRules = { [desk, clock = ledger.clock] in try desk.problems(of: $0, for: $1, at: clock.now()) }
        context.newIssuers = newIssuers(ChainWatch(ledger))
        context.lookAgain = { [configuration, ledger, backends] order in
            guard let request = order.requestReference else { return try await eligibility.verdict(on: order) }
            if let reason = try await ledger.compromise(ofRequestBehind: order) { return .withdraw(reason) }
            return configuration.verdict(
                onRequested: order, of: try await ledger.request(request), product: backends.product(of:))
        }
        context.forgottenRecord = { [uploader = context.uploader] order in
            guard let uploader else { return nil }
            return try await restoreCheck.forgotten(
                of: order.userPrincipalName, for: OrderTerms(json: order.request).intendedPurpose, in: uploader)
        }
        context.recipient = { order in
            order.hasForeignKey
                ? .person(userPrincipalName: order.userPrincipalName) : try await eligibility.recipient(of: order)
        }
        context.addresses = { [mirror] order in
            try await mirror.people(named: order.subscriberID).first { $0.id == order.subscriberID }?.smtpAddresses
                ?? []
        }
        let synchronizer = synchronizer(graph)
        context.signInName = { try await synchronizer.signInName(of: $0) }
        return context
    }

    /// Which keys are to be on whose devices, by template.
    public var keyHoldingRules: [KeyHoldingRule] {
        let keeping = configuration.templates.filter { $0.keepsKeys && $0.delivery == .intune }
        return keeping.map { template in
            KeyHoldingRule(
                template: template.name, isForMailboxes: template.mailboxes != nil, keep: template.keyHistory,
                holders: template.keyHolders,
                kin: keeping.filter { $0.mailboxes == nil && $0.purpose == template.purpose }.map(\.name))
        }
    }

    /// Where the rules of a template are asked for.
    public var desk: RuleDesk { profiles.desk(configuration) }

    /// What brings the mirror of the directory up to date.
    ///
    /// - Parameter lease: the right to read the directory, where several nodes may have it.
    public func synchronizer(_ graph: GraphClient, under lease: NodeLease? = nil) -> DirectorySynchronizer {
        DirectorySynchronizer(
            graph: graph, database: database, under: lease, clock: ledger.clock, logger: logger)
    }

    /// - Parameter lease: the right to plan, where several nodes may have it.
    public func pass(
        _ graph: GraphClient, under lease: NodeLease? = nil,
        _ onActivity: @escaping @Sendable (EnrollmentPass.Activity) -> Void = { _ in }
    )
        -> EnrollmentPass
    {
        var planner = planner
        planner.lease = lease
        var pass = EnrollmentPass(
            configuration: configuration, synchronizer: synchronizer(graph, under: lease), planner: planner,
            backends: backends, rules: desk, onActivity: onActivity)
        pass.exchange = { try exchangeClient() }
        pass.clockSign = { clockSign }
        return pass
    }
}

extension KeyRecoveryAgentConfiguration {
    /// The agent with the certificate that was applied.
    ///
    /// - Throws: `SettingsError` for the file, `PKIXError` for what it holds.
    public func read() throws -> KeyRecoveryAgent {
        try KeyRecoveryAgent(
            name: name,
            certificate: Certificate(pem: SettingsFile(path: certificate, applied: appliedCertificate).text()))
    }
}
