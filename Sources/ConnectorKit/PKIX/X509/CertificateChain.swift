// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Foundation

/// A leaf and the CAs above it, leaf first, root left out or last.
public struct CertificateChain: Sendable, Hashable {
    public var certificates: [Certificate]

    public init(_ certificates: [Certificate]) { self.certificates = certificates }

    public var leaf: Certificate? { certificates.first }

    /// The certificate of `leafKey` and then each issuer that is among `certificates`, whatever order they came in.
    ///
    /// Certificates that are no part of that path are dropped. Signatures are looked at only where several certificates
    /// could be the issuer; `verify` looks at all of them.
    /// - Returns: empty when no certificate has that key.
    public static func order(_ certificates: [Certificate], leafKey: PublicKey) -> [Certificate] {
        guard let leaf = certificates.first(where: { (try? $0.publicKey) == leafKey }) else { return [] }
        var path = [leaf]
        while let last = path.last, !last.names(issuer: last) {
            let named = certificates.filter { !path.contains($0) && last.names(issuer: $0) }
            guard let next = Set(named).count > 1 ? named.first(where: last.isIssued(by:)) : named.first else { break }
            path.append(next)
        }
        return path
    }

    /// Whether a valid path leads from the leaf to one of `trustAnchors` (RFC 5280 §6); revocation is not looked at.
    ///
    /// - Parameters:
    ///   - trustAnchors: roots, or issuing CAs that are accepted by themselves.
    ///   - purpose: must be allowed by the extended key usage of the leaf and of every CA that has one.
    /// - Throws: `PKIXError.untrusted` with the certificate and the reason.
    public func verify(trustAnchors: [Certificate], at date: Date, purpose: KeyPurpose? = nil) throws {
        guard let leaf else { throw PKIXError(.untrusted, "the chain is empty") }
        let store = try require(X509_STORE_new())
        defer { X509_STORE_free(store) }
        for anchor in trustAnchors { try require(X509_STORE_add_cert(store, anchor.pointer)) }
        let others = try require(OPENSSL_sk_new_null())
        // The stack borrows its certificates.
        defer { OPENSSL_sk_free(others) }
        for certificate in certificates.dropFirst() {
            try require(OPENSSL_sk_push(others, UnsafeRawPointer(certificate.pointer)))
        }
        let context = try require(X509_STORE_CTX_new())
        defer { X509_STORE_CTX_free(context) }
        try require(X509_STORE_CTX_init(context, store, leaf.pointer, others))
        X509_STORE_CTX_set_time(context, 0, time_t(date.timeIntervalSince1970))
        X509_STORE_CTX_set_flags(context, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        let verified = withExtendedLifetime((certificates, trustAnchors)) { X509_verify_cert(context) }
        guard verified == 1 else {
            let reason = String(cString: X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context))))
            let place = X509_STORE_CTX_get_current_cert(context).map {
                DistinguishedName(reading: X509_get_subject_name($0))
            }
            throw PKIXError.fromQueue(.untrusted, "\(place ?? leaf.subject) is not trusted: \(reason)")
        }
        guard let purpose else { return }
        for certificate in certificates where !certificate.isSelfSigned {
            let allowed = certificate.extendedKeyUsage
            guard allowed.isEmpty || allowed.contains(purpose) || allowed.contains(.any) else {
                throw PKIXError(.untrusted, "\(certificate) is not for the purpose \(purpose)")
            }
        }
    }
}
