// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Delivery
import Foundation
import KeyArchival
import KeyHoldings
import Ledger
import MicrosoftGraph
import PKIX
public import Planning
import Store

/// What the stages work with: the gateway as it is configured when a lane takes up orders.
public struct EnrollmentContext: Sendable {
    public let ledger: OrderLedger
    public let backends: BackendCARegistry
    public let keyRecoveryAgents: [String: KeyRecoveryAgent]
    public let sealingKey: SealingKey
    public let keyGenerator: KeyGenerator
    public let uploader: IntunePFXUploader?
    public let clock: any ConnectorClock
    public let logger: any ConnectorLogger
    /// Which keys are to be on whose devices.
    var keyHoldings: KeyHoldingStore { KeyHoldingStore(ledger) }
    /// Orders worked on at a time, for each backend CA.
    public var concurrency = 8
    /// Looks at the person again before an order leaves; nil without a directory.
    public var lookAgain: (@Sendable (Order) async throws -> EligibilityVerdict)?
    /// Looks again at the person before a key is handed over; nil without a directory.
    public var recipient: (@Sendable (Order) async throws -> DeliveryRecipient)?
    /// All mail addresses that the directory has of a subscriber; nil without a directory.
    public var addresses: (@Sendable (Order) async throws -> [String])?
    /// Fingerprint of what Intune holds for the purpose of an order and its person, and the database does not know; nil where nobody looks.
    public var forgottenRecord: (@Sendable (Order) async throws -> String?)?
    /// The name under which the person of this object id signs in at this moment, read from the tenant; nil without a directory.
    public var signInName: (@Sendable (String) async throws -> String?)?
    /// Whether nothing may leave for any CA, because the database seems to be an older copy.
    public var forbidsSubmissions = false
    /// Whether nothing is taken up: what is due is not known while the clock cannot be trusted.
    public var standsStill = false
    /// That the database may be an older copy; each new order is looked for at its CA then before it leaves.
    public var restoreDoubt: RestoreDoubt?
    /// Why the sealing key's file, as it is at the moment of asking, forbids to order anything new; nil when it is as it should
    /// be. A key that is certified meanwhile could not be opened after a restart.
    public var sealingKeyFault: @Sendable () -> String? = { nil }
    /// Why a file that decides who can read keys, or which certificates of a backend CA are believed, forbids the same: it is not
    /// what was applied.
    public var fileFault: @Sendable (_ backendCA: String) -> String? = { _ in nil }
    /// What the templates accept beyond what they ask for, by name. As they are now, and not as they were when an order was
    /// planned: so a person who has looked at a held certificate can say that it is right.
    public var accepted: [String: AcceptedDifferences] = [:]
    /// What orders of the templates are planned with now, by name: an order may have waited for weeks.
    public var templateTerms: [String: OrderTerms] = [:]
    /// How PFX files of a template are encrypted where it says so itself, by its name. As it is now, too: devices that refuse a
    /// file are found after an order was planned.
    public var pfxEncryptions: [String: PKCS12Bundle.Encryption] = [:]
    /// What a certificate that came back breaks of the rules about it; nil without rules.
    public var brokenRules: (@Sendable (IssuedCertificate, Order) throws -> [IssuedCertificateProblem])?
    /// Which of the CA certificates above one that came back nobody has confirmed; nil where nobody looks.
    public var newIssuers: (@Sendable ([Certificate], Order) async throws -> NewIssuers?)?
    /// Keeps beside the database how many requests have left; nil in tests that need none.
    public var submissionMark: SubmissionMark?
    /// Writes by what people sign in; nil without a tenant.
    public var certificateUserIDs: CertificateUserIDs?
    /// Whether working copies of keys stay for a while after delivery, to be handed over.
    public var keepsWorkingKeys = false
    /// By which field people sign in with certificates of a template, by its name; as they are now, too.
    public var signInFields: [String: CertificateUserIDField] = [:]
    /// Reads what CAs publish about revocation; nil where nothing can be read.
    public var revocationReader: RevocationReader?
    let memory: EngineMemory

    public init(
        ledger: OrderLedger, backends: BackendCARegistry, keyRecoveryAgents: [KeyRecoveryAgent], sealingKey: SealingKey,
        keyGenerator: KeyGenerator, uploader: IntunePFXUploader?, clock: any ConnectorClock,
        logger: any ConnectorLogger, memory: EngineMemory
    ) {
        self.ledger = ledger
        self.backends = backends
        self.keyRecoveryAgents = Dictionary(
            keyRecoveryAgents.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.sealingKey = sealingKey
        self.keyGenerator = keyGenerator
        self.uploader = uploader
        self.clock = clock
        self.logger = logger
        self.memory = memory
    }
}

extension EnrollmentContext {
    /// - Throws: `EnrollmentError` when the backend CA is gone from the configuration or could not be started.
    func backend(_ name: String) throws(EnrollmentError) -> BackendCA {
        switch backends[name] {
        case .ready(let backend): return backend
        case .unusable(let reason): throw EnrollmentError("backend CA \(name): \(reason)")
        case nil: throw EnrollmentError("backend CA \(name) is not configured any more; orders it took still need it")
        }
    }

    /// The backend CA for a call to it about `order`.
    ///
    /// - Throws: `EnrollmentError` as `backend`, and when it has been pointed at another CA or account since the order was
    ///   placed: there the same id is somebody else's order; `BackendPause`.
    func callableBackend(for order: Order) throws -> BackendCA {
        let backend = try backend(order.backendCA)
        let now = clock.now()
        if let alarm = backends.alarm(on: backend.name), let end = alarm.pausedUntil, now < end {
            throw BackendPause(error: alarm.error, remaining: .seconds(end.timeIntervalSince(now)))
        }
        if let placed = order.connection, placed != backend.connection {
            throw EnrollmentError(
                "order \(order.reference) was placed at \(placed), and backend CA \(backend.name) is now "
                    + "\(backend.connection): configure the former connection again, under another name too, or cancel "
                    + "the order there and 'certway order cancel \(order.reference) --absent'")
        }
        return backend
    }

    /// What may differ in a certificate of `order`.
    func accepted(for order: Order) -> AcceptedDifferences { accepted[order.template] ?? AcceptedDifferences() }

    /// Refuses to copy a key, into an archive or to devices, with whose certificate one could log on as the subscriber, unless
    /// the template asks for such a certificate or accepts it. Looked at where a copy is made, because a certificate can have
    /// been accepted under another configuration or by an older version.
    func requireCopyable(_ leaf: Certificate, _ order: Order, _ terms: OrderTerms) throws(EnrollmentError) {
        let usages = leaf.extendedKeyUsage.isEmpty ? [.any] : leaf.extendedKeyUsage + leaf.applicationPolicies
        var wanted = accepted(for: order).extendedKeyUsages
        if terms.purpose == .clientAuthentication { wanted.insert(.clientAuthentication) }
        let logon = KeyPurpose.logon.intersection(usages).subtracting(wanted).map(\.name).sorted()
        guard logon.isEmpty else {
            throw EnrollmentError(
                "the certificate of order \(order.reference) allows \(logon.joined(separator: ", ")): whoever has a copy of its "
                    + "key can log on as the subscriber; accept that in template \(order.template) "
                    + "(accept.extendedKeyUsages), or revoke it")
        }
    }

    /// How long to leave an order alone that the CA has: what is configured, or by its age and what the CA asks for.
    func pollPause(_ order: Order, asked: Duration?) -> Duration {
        if case .ready(let backend) = backends[order.backendCA], let interval = backend.pollEvery { return interval }
        let now = clock.now()
        return PollSchedule.pause(age: now.timeIntervalSince(order.submittedAt ?? now), asked: asked)
    }

    /// How the key of an order is archived and delivered once its certificate is there: as its template says now, and no less than
    /// when it was planned, for a key that is archived or delivered nowhere is lost.
    func termsInForce(_ order: Order) throws(EnrollmentError) -> OrderTerms {
        var terms = try OrderTerms(json: order.request)
        guard terms.csr == nil, let now = templateTerms[order.template], now.isForMailbox == terms.isForMailbox else {
            return terms
        }
        if terms.purpose.isArchivable, !now.keyRecoveryAgents.isEmpty {
            terms.keyRecoveryAgents = now.keyRecoveryAgents
        }
        if terms.delivery == .none, now.delivery != .none {
            (terms.delivery, terms.intendedPurpose) = (now.delivery, now.intendedPurpose)
        }
        terms.keepsKey = terms.keepsKey || now.keepsKey
        return terms
    }

    /// The agents a key is to be archived for.
    ///
    /// - Throws: `EnrollmentError` when one is gone, or its certificate cannot be used now.
    func keyRecoveryAgents(for terms: OrderTerms) throws(EnrollmentError) -> [KeyRecoveryAgent] {
        var agents: [KeyRecoveryAgent] = []
        for name in terms.keyRecoveryAgents {
            guard let agent = keyRecoveryAgents[name] else {
                throw EnrollmentError("key recovery agent \(name) is not configured any more; add it again")
            }
            if let finding = agent.findings(at: clock.now()).first(where: { $0.severity == .error }) {
                throw EnrollmentError(finding.message)
            }
            agents.append(agent)
        }
        return agents
    }

    /// The request of an order whose key is made.
    func request(for order: Order) async throws -> CertificateRequest {
        guard let key = try await ledger.key(orderID: order.id) else {
            throw EnrollmentError("the ledger holds no request for order \(order.reference)")
        }
        return try CertificateRequestBuilder(order: order, terms: OrderTerms(json: order.request))
            .makeRequest(csr: key.csr)
    }

    /// The private key, at hand or opened from the sealed working copy.
    func workingKey(_ order: Order) async throws -> PrivateKey {
        if let key = memory.workingKeys[order.id] { return key }
        guard let sealed = try await ledger.key(orderID: order.id)?.sealed else {
            throw EnrollmentError("the ledger holds no working copy of the key of order \(order.reference)")
        }
        do {
            let key = try PrivateKey(pkcs8: try sealingKey.open(sealed, context: order.reference))
            memory.workingKeys.keep(key, orderID: order.id)
            return key
        } catch {
            throw EnrollmentError("the working copy of the key of order \(order.reference) does not open: \(error)")
        }
    }
}
