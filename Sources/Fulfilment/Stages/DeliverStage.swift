// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import JSONDocuments
import Ledger
import MicrosoftGraph
import PKIX
import Planning

/// issued → delivered: hands the PFX to Intune and erases the working copy of the key.
struct DeliverStage: EnrollmentStage {
    let context: EnrollmentContext

    func perform(_ claim: Claim, _ order: Order) async throws -> Order {
        let terms = try OrderTerms(json: order.request)
        var order = order
        var userPrincipalName = order.userPrincipalName
        let signInField = context.signInFields[order.template]
        let needsChain = terms.delivery == .intune || signInField != nil
        let chain = needsChain ? try await chain(of: order) : []
        if let leaf = chain.first, leaf.notAfter <= context.clock.now() {
            // Devices would refuse it, and the person would count as served until the next pass.
            return try await context.record(
                claim, order,
                OrderChange(
                    OrderLedger.undeliveredEvent,
                    "the time of its certificate was over before it could be delivered; another one follows"
                ).stage(.expired))
        }
        let earlier = terms.delivery == .intune ? try await context.ledger.deliveryNames(order.id) : []
        if terms.isForMailbox { return try await handOver(claim, order) }
        if let leaf = chain.first, !earlier.isEmpty {
            order = try await withdrawStrays(claim, order, leaf, sentUnder: earlier)
        }
        if terms.delivery != .none, let recipient = try await context.recipient?(order) {
            switch recipient {
            case .person(let name): userPrincipalName = name
            case .nobody(let reason):
                return try await context.hold(
                    claim, order,
                    "\(reason); the certificate is issued and not delivered: once that is mended, 'certway order retry "
                        + "\(order.reference)', otherwise revoke it at the CA")
            }
            try await requireSignIn(order, as: userPrincipalName)
            if terms.delivery == .intune, !earlier.contains(userPrincipalName) {
                try await withdrawFormer(of: userPrincipalName, order)
            }
        }
        if let signInField { order = try await bind(claim, order, chain[0], signInField) }
        if order.isHeld { return order }
        guard context.memory.effects.begin(order.id) else { throw CancellationError() }
        defer { context.memory.effects.end(order.id) }
        var how = "no delivery is configured"
        var facts: JSONValue = [:]
        if terms.delivery == .intune {
            let uploader = try uploader()
            try context.requireCopyable(chain[0], order, terms)
            let key = try await context.workingKey(order)
            // Kept before it leaves: whoever takes this up later, in whatever process, looks under each of these names.
            if !earlier.contains(userPrincipalName) {
                order = try await context.record(claim, order, .delivering(to: userPrincipalName))
            }
            StageBoundary.beforeDelivery.pass()
            let receipt = try await uploader.deliver(
                key: key, certificateChain: chain,
                userID: order.subscriberID, userPrincipalName: userPrincipalName,
                purpose: terms.intendedPurpose, encryption: context.pfxEncryptions[order.template]
            )
            how = receipt.description
            facts = [
                "connectorKey": JSONValue(receipt.connectorKey), "encryption": .string(receipt.encryption.rawValue),
            ]
            if terms.keepsKey, let id = order.certificateID {
                try await context.keyHoldings.noteDelivered(
                    certificateID: id, personID: order.subscriberID, userPrincipalName: userPrincipalName,
                    template: order.template, connector: uploader.connector)
            }
        }
        StageBoundary.delivered.pass()
        let change = OrderChange("delivered", how, data: facts).stage(.delivered)
        // Without delivery and archive the sealed copy is the only one there is.
        let isSafeElsewhere = !terms.keepsKey && (terms.delivery != .none || !terms.keyRecoveryAgents.isEmpty)
        // Without a line of its own nobody would know which copies are kept on purpose.
        let kept =
            isSafeElsewhere && context.keepsWorkingKeys
            ? change.event("workingKeyKept", "its working copy is kept for a while, to be handed over")
            : isSafeElsewhere ? change.eraseSealedKey() : change
        let delivered = try await context.record(claim, order, kept)
        StageBoundary.deliveryCommitted.pass()
        return delivered
    }

    /// The key of a mailbox goes to those who may open it (`KeyHoldingPass`), from the sealed copy that stays.
    private func handOver(_ claim: Claim, _ order: Order) async throws -> Order {
        try await context.record(
            claim, order,
            OrderChange("delivered", "its key goes to those who may open the mailbox").stage(.delivered))
    }

    /// Lets the subscriber sign in with the certificate, before it is on any device. On record before it leaves: it has to go again one
    /// day, also where its answer was lost.
    private func bind(
        _ claim: Claim, _ order: Order, _ leaf: Certificate, _ field: CertificateUserIDField
    ) async throws -> Order {
        guard let writer = context.certificateUserIDs, let id = order.certificateID else {
            throw EnrollmentError("certificateUserIds is written to the tenant, and none is configured")
        }
        guard let value = field.value(of: leaf) else {
            return try await context.hold(
                claim, order,
                "the certificate has no \(field.rawValue), by which template \(order.template) has people sign in: name another field in "
                    + "certificateUserIds, then 'certway order retry \(order.reference)'")
        }
        let binding = CertificateBinding(certificateID: id, subscriberID: order.subscriberID, value: value)
        let isNew = try await context.ledger.bind(binding)
        do {
            switch try await writer.add(value, to: order.subscriberID) {
            case .stands where isNew:
                return try await context.record(claim, order, OrderChange("bound", "certificateUserIds: \(value)"))
            case .stands: return order
            case .comesFromOnPremises:
                try await context.ledger.noteUnbound([id])
                return try await context.record(
                    claim, order,
                    OrderChange(
                        "notBound",
                        "the account comes from on-premises: \(value) is for altSecurityIdentities there, and not written to Entra ID"
                    ))
            }
        } catch let error as GraphError where error.kind == .refused {
            return try await context.hold(
                claim, order,
                "the certificate is issued and not delivered, because its value cannot be put into certificateUserIds: \(error); once that is "
                    + "mended, 'certway order retry \(order.reference)'")
        }
    }

    /// Takes a key away from whoever else has it in Intune. On record before, so that no kill keeps anybody from hearing of it.
    private func withdrawStrays(
        _ claim: Claim, _ order: Order, _ leaf: Certificate, sentUnder names: [String]
    ) async throws -> Order {
        let uploader = try uploader()
        let strays = try await uploader.strays(
            userID: order.subscriberID, thumbprint: leaf.sha1Fingerprint, sentUnder: names)
        guard !strays.isEmpty else { return order }
        var order = order
        let change = OrderChange.strayed(strays)
        if try await !context.ledger.hasStrayed(order.id, strays) {
            order = try await context.record(claim, order, change)
            context.logger.log(
                .error, "order \(order.reference): \(OrderChange.strayedSentence)", fields: [("order", "\(order.id)")])
        }
        for stray in strays { try await uploader.takeOut(stray: stray) }
        return order
    }

    /// Intune delivers by the name on a record: what a former holder of the name left there would come to the devices of this one.
    private func withdrawFormer(of name: String, _ order: Order) async throws {
        let former = try await context.ledger.subscribers(matching: name).filter {
            $0.subscriberID != order.subscriberID && $0.userPrincipalName.lowercased() == name.lowercased()
        }
        guard !former.isEmpty else { return }
        let there = Set(try await uploader().certificates(of: name).map(\.id))
        for holder in former where !there.isEmpty {
            let certificates = try await context.ledger.certificates(
                CertificateFilter(subscriberID: holder.subscriberID, limit: 1000))
            let filed = certificates.filter {
                there.contains(UserPFXCertificate.id(userID: $0.subscriberID, thumbprint: $0.sha1Fingerprint))
            }
            guard !filed.isEmpty else { continue }
            let cause = "\(name), under which Intune delivers it, is the name of another account now"
            try await context.ledger.ask(
                filed.map {
                    .withdraw(
                        certificateID: $0.id, cause: cause, actor: OrderLedger.planner,
                        isOrderedAgain: $0.status == .active)
                })
            for certificate in filed {
                context.logger.log(
                    .warning, "certificate \(certificate.serialNumber) is taken out of Intune: \(cause)",
                    fields: [("order", "\(certificate.orderID)")])
            }
        }
    }

    /// Intune files an upload under whoever has the name at that moment. The mirror is minutes old, so the tenant is asked for the
    /// person by its id.
    private func requireSignIn(_ order: Order, as userPrincipalName: String) async throws {
        guard let read = context.signInName else { return }
        let current = try await read(order.subscriberID)
        guard current?.lowercased() != userPrincipalName.lowercased() else { return }
        throw GraphError(
            .transient,
            "\(userPrincipalName) \(current.map { "signs in as \($0) now" } ?? "is not in the tenant any more"): delivered once "
                + "the directory has been read again")
    }

    private func uploader() throws -> IntunePFXUploader {
        guard let uploader = context.uploader else {
            throw EnrollmentError("the template delivers through Intune, but 'intune' is not configured")
        }
        return uploader
    }

    /// Leaf first, as the CA has sent it.
    private func chain(of order: Order) async throws -> [Certificate] {
        guard let id = order.certificateID, let record = try await context.ledger.certificate(id) else {
            throw EnrollmentError("the ledger holds no certificate for order \(order.reference)")
        }
        return try ([record.der] + record.chain).map { try Certificate(der: $0) }
    }
}
