// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import Ledger
import MicrosoftGraph
import PKIX

/// issued → delivered: hands the PFX to Intune and erases the working copy of the key.
struct DeliverStage: EnrollmentStage {
    let context: EnrollmentContext

    func perform(_ claim: Claim, _ order: Order) async throws -> Order {
        let terms = try OrderTerms(json: order.request)
        var userPrincipalName = order.userPrincipalName
        if terms.delivery != .none, let recipient = try await context.recipient?(order) {
            switch recipient {
            case .person(let name): userPrincipalName = name
            case .nobody(let reason):
                return try await context.hold(
                    claim, order,
                    "\(reason); the certificate is issued and not delivered: once that is mended, 'certway order retry "
                        + "\(order.reference)', otherwise revoke it at the CA")
            }
        }
        guard context.memory.effects.begin(order.id) else { throw CancellationError() }
        defer { context.memory.effects.end(order.id) }
        let how = try await deliver(order, terms, to: userPrincipalName)
        StageBoundary.delivered.pass()
        let change = OrderChange("delivered", how).stage(.delivered)
        // Without delivery and archive the sealed copy is the only one there is.
        let isSafeElsewhere = terms.delivery != .none || !terms.keyRecoveryAgents.isEmpty
        let delivered = try await context.record(
            claim, order, isSafeElsewhere ? change.eraseSealedKey() : change)
        StageBoundary.deliveryCommitted.pass()
        return delivered
    }

    private func deliver(_ order: Order, _ terms: OrderTerms, to userPrincipalName: String) async throws -> String {
        guard terms.delivery == .intune else { return "no delivery is configured" }
        guard let uploader = context.uploader else {
            throw EnrollmentError("the template delivers through Intune, but 'intune' is not configured")
        }
        guard let id = order.certificateID, let record = try await context.ledger.certificate(id) else {
            throw EnrollmentError("the ledger holds no certificate for order \(order.reference)")
        }
        let chain = try ([record.der] + record.chain).map { try Certificate(der: $0) }
        try context.requireCopyable(chain[0], order, terms)
        let key = try await context.workingKey(order)
        StageBoundary.beforeDelivery.pass()
        let receipt = try await uploader.deliver(
            key: key, certificateChain: chain,
            userID: order.subscriberID, userPrincipalName: userPrincipalName,
            purpose: terms.intendedPurpose, encryption: context.pfxEncryptions[order.template])
        return receipt.description
    }
}
