// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
public import PKIX

/// Finds the certificate of a request among those a CA sent, and puts its chain in order.
public struct IssuedChainReader: Sendable {
    private let intermediates: [Certificate]

    public init(_ profile: ConnectorProfile) { intermediates = profile.chain.intermediates }

    /// The chain, leaf first and root left out, from certificates in any order. Of cross-certificates all are there: the host, which
    /// knows the accepted roots, chooses the path.
    ///
    /// The leaf is the certificate with the request's key. Where none has it, the first certificate that is no CA's leads:
    /// the host compares it with the request and holds what does not fit.
    ///
    /// - Throws: `NoCertificate` when there is none; `PKIXError` when one cannot be read.
    public func chain(_ sent: [Certificate], for key: PublicKey) throws -> [Certificate] {
        guard let first = sent.first(where: { !$0.isCA }) ?? sent.first else { throw NoCertificate() }
        var chain = CertificateChain.order(sent + intermediates, leafKey: key)
        if chain.isEmpty { chain = CertificateChain.order(sent + intermediates, leafKey: try first.publicKey) }
        return chain.prefix(1) + chain.dropFirst().filter { !$0.names(issuer: $0) }
    }

    /// The chain from PEM texts in any order.
    ///
    /// - Parameter value: one PEM text or a list of them; PKCS #7 blocks count as what is in them.
    public func chain(_ value: JSONValue, for key: PublicKey) throws -> [Certificate] {
        try chain(Self.certificates(value), for: key)
    }

    /// Whether the certificate that signed the leaf is among those of `chain(_:for:)`, a root too.
    public func hasIssuer(_ value: JSONValue, for key: PublicKey) throws -> Bool {
        let sent = try Self.certificates(value)
        guard let leaf = try chain(sent, for: key).first else { return false }
        return (sent + intermediates).contains(where: leaf.isIssued(by:))
    }

    /// The certificates in PEM texts, in their order.
    ///
    /// - Parameter value: one PEM text or a list of them; PKCS #7 blocks count as what is in them.
    public static func certificates(_ value: JSONValue) throws -> [Certificate] {
        try (value.array ?? [value]).compactMap(\.string).flatMap(Certificate.all(pem:))
    }

    /// An answer that should carry certificates and carries none.
    public struct NoCertificate: Error, CustomStringConvertible {
        public var description: String { "there is no certificate where the profile looks for it" }
    }
}
