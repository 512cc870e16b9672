// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import PKIX
import Synchronization

/// Reads the certificates of answers and puts them in order.
///
/// CA certificates come again with every order and take longer to parse than anything else here, so they are kept.
final class CertificateReader: Sendable {
    private static let maximumKept = 16
    private let intermediates: [Certificate]
    private let kept = Mutex<[Certificate]>([])

    /// - Parameter intermediates: what the profile adds to the certificates the CA sends.
    init(intermediates: [Certificate]) { self.intermediates = intermediates }

    /// The chain, leaf first and root left out, from PEM texts in any order.
    ///
    /// The leaf is the certificate with the request's key. Where none has it, the first certificate that is no CA's leads:
    /// the host compares it with the request and holds what does not fit.
    ///
    /// - Parameter value: one PEM text or a list of them; PKCS #7 blocks count as what is in them.
    /// - Throws: `PKIXError`, or `ChainProblem` when there is no certificate.
    func chain(_ value: JSONValue, for key: PublicKey) throws -> [Certificate] {
        let texts = (value.array ?? [value]).compactMap(\.string)
        let sent = try texts.flatMap { try PEM.blocks(Array($0.utf8)) }.flatMap(certificates)
        guard let first = sent.first(where: { !$0.isCA }) ?? sent.first else { throw ChainProblem() }
        var chain = CertificateChain.order(sent + intermediates, leafKey: key)
        if chain.isEmpty { chain = CertificateChain.order(sent + intermediates, leafKey: try first.publicKey) }
        if chain.count > 1, let last = chain.last, last.names(issuer: last) { chain.removeLast() }
        return chain
    }

    private func certificates(_ block: PEM.Block) throws -> [Certificate] {
        switch block.label {
        case "CERTIFICATE", "X509 CERTIFICATE": [try certificate(block.der)]
        case "PKCS7", "CMS": try Certificate.all(pkcs7: block.der)
        default: []
        }
    }

    private func certificate(_ der: [UInt8]) throws -> Certificate {
        // A handful: comparing beats hashing a kilobyte.
        if let known = kept.withLock({ $0.first { $0.der == der } }) { return known }
        let certificate = try Certificate(der: der)
        if certificate.isCA {
            kept.withLock { if $0.count < Self.maximumKept { $0.append(certificate) } }
        }
        return certificate
    }
}

/// An answer that should carry certificates and carries none.
struct ChainProblem: Error, CustomStringConvertible {
    var description: String { "there is no certificate where the profile looks for it" }
}
