// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import PKIX
import Planning

/// planned → keyed: makes the key pair and the request, and commits both, the key sealed, before anything leaves.
struct KeyStage: EnrollmentStage {
    static let madeEvent = "keyed"

    let context: EnrollmentContext

    func perform(_ claim: Claim, _ order: Order) async throws -> Order {
        let terms = try OrderTerms(json: order.request)
        if let csr = terms.csr { return try await take(csr, claim, order) }
        let key = try await context.keyGenerator.generate(terms.keyType)
        let request = try CertificateRequestBuilder(order: order, terms: terms).makeSigningRequest(key: key)
        let sealed = try context.sealingKey.seal(try key.pkcs8, context: order.reference)
        StageBoundary.beforeKeyCommit.pass()
        let keyed = try await context.record(
            claim, order,
            OrderChange(Self.madeEvent, "made a \(terms.keyType.rawValue) key pair and the request").stage(.keyed)
                .sealedKey(sealed, publicKey: request.publicKey.der, csr: request.der))
        StageBoundary.keyed.pass()
        context.memory.workingKeys.keep(key, orderID: order.id)
        return keyed
    }

    /// Somebody has brought a request: its key was made elsewhere, and is neither archived nor delivered.
    private func take(_ csr: [UInt8], _ claim: Claim, _ order: Order) async throws -> Order {
        let request = try CertificateSigningRequest(der: csr)
        let publicKey = try request.publicKey
        let keyed = try await context.record(
            claim, order,
            OrderChange(Self.madeEvent, "took the request that \(order.userPrincipalName) has brought").stage(.keyed)
                .foreignKey(publicKey: publicKey.der, csr: request.der))
        StageBoundary.keyed.pass()
        return keyed
    }
}
