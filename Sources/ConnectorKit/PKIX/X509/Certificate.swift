// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Foundation
public import Secrets

/// An X.509 certificate (RFC 5280). Two certificates are equal when their DER is.
public final class Certificate: Sendable, Hashable, CustomStringConvertible {
    private let structure: CertificateStructure
    public let der: [UInt8]

    /// Reads DER; bytes after the certificate are refused.
    public init(der: [UInt8]) throws {
        structure = try CertificateCache.structure(der)
        self.der = der
    }

    var pointer: OpaquePointer { structure.pointer }

    /// Reads the first `CERTIFICATE` block of a PEM text.
    public convenience init(pem: String) throws {
        try self.init(der: PEM.first(pem, labels: ["CERTIFICATE", "X509 CERTIFICATE"]))
    }

    /// Every certificate of a PEM text, in the order of the text, those in PKCS #7 blocks as well; other blocks are
    /// skipped.
    public static func all(pem: String) throws -> [Certificate] {
        try all(in: PEM.blocks(Array(pem.utf8)))
    }

    /// As `all(pem:)`, of a text that holds private keys, too: those are not copied.
    public static func all(pem: Secret) throws -> [Certificate] { try all(in: PEM.publicBlocks(pem)) }

    private static func all(in blocks: [PEM.Block]) throws -> [Certificate] {
        try blocks.flatMap { block in
            switch block.label {
            case "CERTIFICATE", "X509 CERTIFICATE": [try Certificate(der: block.der)]
            case "PKCS7", "CMS": try Certificate.all(pkcs7: block.der)
            default: [] as [Certificate]
            }
        }
    }

    public var pem: String { PEM.encode(der, label: "CERTIFICATE") }

    public static func == (left: Certificate, right: Certificate) -> Bool { left.der == right.der }
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }

    /// Subject and serial number, for messages.
    public var description: String { "\(subject) (serial number \(serialNumber))" }

    public var serialNumber: SerialNumber { SerialNumber(octets(X509_get0_serialNumber(pointer))) }
    public var subject: DistinguishedName { DistinguishedName(reading: X509_get_subject_name(pointer)) }
    public var issuer: DistinguishedName { DistinguishedName(reading: X509_get_issuer_name(pointer)) }

    // A time that cannot be read falls to the side where the certificate is never valid.
    public var notBefore: Date { ASN1Time.date(X509_get0_notBefore(pointer)) ?? .distantFuture }
    public var notAfter: Date { ASN1Time.date(X509_get0_notAfter(pointer)) ?? .distantPast }

    /// Whether `date` lies within the validity, both ends included (RFC 5280 §4.1.2.5).
    public func isValid(at date: Date) -> Bool { notBefore <= date && date <= notAfter }

    /// - Throws: `PKIXError.unacceptable` for an algorithm OpenSSL does not know.
    public var publicKey: PublicKey {
        get throws {
            try PublicKey(
                taking: require(X509_get_pubkey(pointer), .unacceptable, "the certificate's public key cannot be read"),
                der: encodeDER { i2d_X509_PUBKEY(X509_get_X509_PUBKEY(pointer), $0) })
        }
    }

    /// SHA-1 of the DER in lower-case hex, as Intune writes it.
    public var sha1Fingerprint: String { DigestAlgorithm.sha1.digest(der).hex }
    /// SHA-256 of the DER in lower-case hex.
    public var sha256Fingerprint: String { DigestAlgorithm.sha256.digest(der).hex }

    /// Whether this certificate names `issuer`: names, key identifiers and usage fit (RFC 5280 §6.1.3). Costs little,
    /// because no signature is looked at.
    public func names(issuer: Certificate) -> Bool {
        defer { ERR_clear_error() }
        return X509_check_issued(issuer.pointer, pointer) == X509_V_OK
    }

    /// Whether `issuer` signed this certificate: names, key identifiers and the signature fit (RFC 5280 §6.1.3).
    public func isIssued(by issuer: Certificate) -> Bool {
        defer { ERR_clear_error() }
        return X509_check_issued(issuer.pointer, pointer) == X509_V_OK
            && X509_verify(pointer, X509_get0_pubkey(issuer.pointer)) == 1
    }

    /// Whether subject and issuer are the same name and the certificate's own key signed it.
    public var isSelfSigned: Bool {
        defer { ERR_clear_error() }
        return X509_NAME_cmp(X509_get_subject_name(pointer), X509_get_issuer_name(pointer)) == 0
            && X509_verify(pointer, X509_get0_pubkey(pointer)) == 1
    }
}
