// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Foundation

extension SignedMessage {
    private static let acceptedDigests = ["2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3"]

    /// Whether every signer signed exactly this content and is accepted.
    ///
    /// A signer is accepted when its certificate is one of `pinned`, or has a path to one of `trustAnchors`; and when it
    /// is valid at `date`, its key strong enough. Certificates of the message only ever help to build paths. Key usage is not looked at: CMC
    /// responders and enrollment agents have purposes that tools for mail refuse.
    ///
    /// - Parameters:
    ///   - pinned: signer certificates accepted as they are, whoever issued them.
    ///   - trustAnchors: roots or issuing CAs.
    ///   - intermediates: for paths, and for signers that leave their certificate out.
    ///   - purpose: the signer must then name it, and no CA of its path may exclude it; not asked of pinned certificates.
    /// - Returns: the certificate of each signer, in order.
    /// - Throws: `PKIXError.malformed` without a signer or content, or with attributes that contradict them;
    ///   `signatureMismatch`; `untrusted` for another signer.
    @discardableResult
    public func verify(
        pinned: [Certificate] = [], trustAnchors: [Certificate] = [], intermediates: [Certificate] = [],
        at date: Date, purpose: KeyPurpose? = nil
    ) throws -> [Certificate] {
        guard !signers.isEmpty else { throw PKIXError(.malformed, "the message is not signed") }
        guard signers.count <= Self.mostSigners else {
            throw PKIXError(
                .tooCostly, "the message has \(signers.count) signers, at most \(Self.mostSigners) are looked at")
        }
        guard content != nil else { throw PKIXError(.malformed, "the message carries no content") }
        for signer in signers { try checkForm(of: signer) }
        // Pinned ones first: a certificate in the message that borrows their names must not take their place.
        let candidates = pinned + certificates + intermediates + trustAnchors
        let found = try structure.verifying { message in
            let found = try elements(CMS_get0_SignerInfos(message)).map { element in
                let signer = OpaquePointer(element)
                let named = candidates.filter { CMS_SignerInfo_cert_cmp(signer, $0.pointer) == 0 }
                // Of several with one identifier it is the one whose key fits, wherever it stands in the message.
                guard let certificate = Self.signer(signer, among: named.prefix(8)) else {
                    throw PKIXError(.untrusted, "the certificate of the message's signer is not known")
                }
                CMS_SignerInfo_set1_signer_cert(signer, certificate.pointer)
                return certificate
            }
            let flags = UInt32(CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY)
            try require(
                CMS_verify(message, nil, nil, nil, nil, flags), .signatureMismatch,
                "the signature does not fit the content")
            return found
        }
        for certificate in found where !pinned.contains(certificate) {
            if let purpose, !certificate.extendedKeyUsage.contains(purpose) {
                throw PKIXError(.untrusted, "the signer \(certificate) is not for the purpose \(purpose)")
            }
            let chain = CertificateChain([certificate] + certificates + intermediates)
            try chain.verify(trustAnchors: trustAnchors, at: date, purpose: purpose)
        }
        for certificate in found {
            guard certificate.isValid(at: date) else {
                throw PKIXError(.untrusted, "the certificate of the signer \(certificate) is not valid now")
            }
            if let weakness = certificate.weakness(isAnchor: pinned.contains(certificate)) {
                throw PKIXError(.untrusted, "the signer \(certificate) \(weakness)")
            }
        }
        return found
    }

    private static func signer(_ signer: OpaquePointer, among named: ArraySlice<Certificate>) -> Certificate? {
        guard Set(named).count > 1 else { return named.first }
        defer { ERR_clear_error() }
        return named.first {
            CMS_SignerInfo_set1_signer_cert(signer, $0.pointer)
            return CMS_SignerInfo_verify(signer) == 1
        } ?? named.first
    }

    /// What OpenSSL leaves to its caller (RFC 5652 §5.3, §11.1): other content must not pass under the same signature.
    private func checkForm(of signer: Signer) throws {
        guard Self.acceptedDigests.contains(signer.digestAlgorithm) else {
            throw PKIXError(.unacceptable, "the message is signed with the hash \(signer.digestAlgorithm), not SHA-2")
        }
        guard !signer.signedAttributes.isEmpty else {
            if contentType == Self.dataType { return }
            throw PKIXError(.malformed, "a message of type \(contentType) is signed without attributes")
        }
        let type = try makeObject(contentType)
        defer { ASN1_OBJECT_free(type) }
        guard signer.signedAttributes[Self.contentTypeAttribute] == [try encodeDER { i2d_ASN1_OBJECT(type, $0) }] else {
            throw PKIXError(.malformed, "the signed content type is not \(contentType)")
        }
    }

    private static let mostSigners = 8
    private static let contentTypeAttribute = "1.2.840.113549.1.9.3"
    /// id-data: bytes of any kind.
    public static let dataType = "1.2.840.113549.1.7.1"
}
