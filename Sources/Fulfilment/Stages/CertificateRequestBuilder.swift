// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger
import PKIX
import Planning

/// Builds what a CA is asked for from an order's row, so that a restart asks for exactly the same.
struct CertificateRequestBuilder {
    let order: Order
    let terms: OrderTerms

    private var names: RequestedNames { RequestedNames(json: order.names) }

    /// The PKCS #10 request, signed by `key` (RFC 2986).
    func makeSigningRequest(key: PrivateKey) throws -> CertificateSigningRequest {
        try CertificateSigningRequest.make(
            subject: names.distinguishedName, alternativeNames: names.alternativeNames,
            securityIdentifier: names.securityIdentifier, key: key)
    }

    /// The request as the connector gets it.
    func makeRequest(csr: [UInt8]) throws -> CertificateRequest {
        CertificateRequest(
            reference: order.reference, product: order.product, csr: try CertificateSigningRequest(der: csr),
            names: names, validityDays: terms.validityDays, purpose: terms.purpose, options: terms.options,
            submittedAt: order.submittedAt)
    }
}
