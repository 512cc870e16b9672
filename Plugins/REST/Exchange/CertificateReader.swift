// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import PKIX

/// Reads the certificates of answers and puts them in order.
struct CertificateReader: Sendable {
    /// What the profile adds to the certificates the CA sends.
    let intermediates: [Certificate]

    /// The chain, leaf first and root left out, from PEM texts in any order.
    ///
    /// The leaf is the certificate with the request's key. Where none has it, the first certificate that is no CA's leads:
    /// the host compares it with the request and holds what does not fit.
    ///
    /// - Parameter value: one PEM text or a list of them; PKCS #7 blocks count as what is in them.
    /// - Throws: `PKIXError`, or `ChainProblem` when there is no certificate.
    func chain(_ value: JSONValue, for key: PublicKey) throws -> [Certificate] {
        let texts = (value.array ?? [value]).compactMap(\.string)
        let sent = try texts.flatMap(Certificate.all(pem:))
        guard let first = sent.first(where: { !$0.isCA }) ?? sent.first else { throw ChainProblem() }
        var chain = CertificateChain.order(sent + intermediates, leafKey: key)
        if chain.isEmpty { chain = CertificateChain.order(sent + intermediates, leafKey: try first.publicKey) }
        if chain.count > 1, let last = chain.last, last.names(issuer: last) { chain.removeLast() }
        return chain
    }
}

/// An answer that should carry certificates and carries none.
struct ChainProblem: Error, CustomStringConvertible {
    var description: String { "there is no certificate where the profile looks for it" }
}
