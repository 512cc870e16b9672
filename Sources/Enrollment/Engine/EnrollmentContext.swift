// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Delivery
import Foundation
import KeyArchival
import Ledger
import MicrosoftGraph
import PKIX

/// What the stages work with.
public struct EnrollmentContext: Sendable {
    public let ledger: OrderLedger
    public let backends: BackendCARegistry
    public let keyRecoveryAgents: [String: KeyRecoveryAgent]
    public let sealingKey: SealingKey
    public let keyGenerator: KeyGenerator
    public let uploader: IntunePFXUploader?
    public let clock: any ConnectorClock
    public let logger: any ConnectorLogger
    let workingKeys = WorkingKeys()

    public init(
        ledger: OrderLedger, backends: BackendCARegistry, keyRecoveryAgents: [KeyRecoveryAgent], sealingKey: SealingKey,
        keyGenerator: KeyGenerator, uploader: IntunePFXUploader?, clock: any ConnectorClock,
        logger: any ConnectorLogger
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

    /// The backend CA for a call to it.
    ///
    /// - Throws: `EnrollmentError` as `backend`, and while it pauses.
    func callableBackend(_ name: String) throws(EnrollmentError) -> BackendCA {
        let backend = try backend(name)
        if let alarm = backends.alarm(on: name), let end = alarm.pausedUntil, clock.now() < end {
            throw EnrollmentError("backend CA \(name) pauses, \(alarm.error)")
        }
        return backend
    }

    func pollInterval(_ backend: String) -> Duration? {
        if case .ready(let backend) = backends[backend] { backend.pollEvery } else { nil }
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
        if let key = workingKeys[order.id] { return key }
        guard let sealed = try await ledger.key(orderID: order.id)?.sealed else {
            throw EnrollmentError("the ledger holds no working copy of the key of order \(order.reference)")
        }
        do {
            let key = try PrivateKey(pkcs8: try sealingKey.open(sealed, context: order.reference))
            workingKeys.keep(key, orderID: order.id)
            return key
        } catch {
            throw EnrollmentError("the working copy of the key of order \(order.reference) does not open: \(error)")
        }
    }

    /// Leaves an order where it is, or back at `stage`, to be tried again later; the error says how much later.
    ///
    /// - Parameter issued: what the CA has issued meanwhile, for the record.
    func postpone(
        _ claim: Claim, _ order: Order, after error: any Error, backTo stage: OrderStage? = nil,
        issued: IssuedCertificate? = nil
    ) async throws -> Order {
        let delay = RetrySchedule.delay(after: error, failures: order.failures)
        let isOldNews = order.errorKind != nil && order.detail == "\(error)" && issued == nil
        var change = OrderChange("postponed", "\(error)", data: issued?.record ?? [:]).unless(isOldNews).failure(
            RetrySchedule.kind(of: error), nextAction: clock.now().addingTimeInterval(delay.seconds)
        ).caOrder(issued?.order)
        if let stage { change = change.stage(stage) }
        logger.log(
            .info, "order \(order.id) postponed by \(delay.seconds) s: \(error)", fields: [("order", "\(order.id)")])
        if let connectorError = error as? ConnectorError {
            backends.note(connectorError, on: order.backendCA, pauseUntil: clock.now().addingTimeInterval(60))
        }
        return try await ledger.record(claim, change)
    }

    /// Leaves an order to a person. Who asked to cancel it has decided already: then it ends here.
    ///
    /// - Parameters:
    ///   - reason: what to look at and what to do.
    ///   - issued: what the CA has issued, for the record.
    func hold(_ claim: Claim, _ order: Order, _ reason: String, issued: IssuedCertificate? = nil) async throws -> Order
    {
        let record = issued?.record ?? [:]
        let change =
            order.cancelRequested
            ? OrderChange("cancelled", "cancelled on request; \(reason)", data: record).stage(.cancelled)
            : OrderChange("held", reason, data: record).hold(reason)
        return try await ledger.record(claim, change.caOrder(issued?.order))
    }
}
