// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import PKIX

/// Puts the certificates of an answer in order.
enum CertificateReader {
    /// The chain, leaf first and root left out, from PEM texts in any order.
    ///
    /// The leaf is the certificate with the request's key. Where none has it, the first certificate that is no CA's leads:
    /// the host compares it with the request and holds what does not fit.
    ///
    /// - Parameters:
    ///   - value: one PEM text or a list of them; PKCS #7 blocks count as what is in them.
    ///   - intermediates: what the profile adds.
    /// - Throws: `PKIXError`, or `ChainProblem` when there is no certificate.
    static func chain(_ value: JSONValue, for key: PublicKey, intermediates: [Certificate]) throws -> [Certificate] {
        let texts = (value.array ?? [value]).compactMap(\.string)
        let certificates = try texts.flatMap(Certificate.all(pem:)) + intermediates
        guard let first = certificates.first(where: { !$0.isCA }) ?? certificates.first, !texts.isEmpty else {
            throw ChainProblem()
        }
        var chain = CertificateChain.order(certificates, leafKey: key)
        if chain.isEmpty { chain = CertificateChain.order(certificates, leafKey: try first.publicKey) }
        if chain.count > 1, chain.last?.isSelfSigned == true { chain.removeLast() }
        return chain
    }
}

/// An answer that should carry certificates and carries none.
struct ChainProblem: Error, CustomStringConvertible {
    var description: String { "there is no certificate where the profile looks for it" }
}
