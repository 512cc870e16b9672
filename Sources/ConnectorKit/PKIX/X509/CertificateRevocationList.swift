// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Foundation

/// A CRL (RFC 5280 §5), complete, of the CA that signed it.
public final class CertificateRevocationList: Sendable {
    /// One revoked certificate.
    public struct Entry: Sendable, Hashable {
        public var serialNumber: SerialNumber
        public var revocationDate: Date
        /// Number of RFC 5280 §5.3.1; 0 (unspecified) is never written, as that section asks.
        public var reasonCode: Int

        public init(serialNumber: SerialNumber, revocationDate: Date, reasonCode: Int = 0) {
            self.serialNumber = serialNumber
            self.revocationDate = revocationDate
            self.reasonCode = reasonCode
        }
    }

    // Only read after init; OpenSSL guards its sorting of the entries by a lock of its own.
    nonisolated(unsafe) let pointer: OpaquePointer
    public let der: [UInt8]

    public init(der: [UInt8]) throws {
        pointer = try decodeDER(
            der, as: "certificate revocation list", { d2i_X509_CRL(nil, $0, $1) }, free: { X509_CRL_free($0) })
        self.der = der
        try ExtensionList(extensions: (0..<X509_CRL_get_ext_count(pointer)).map { X509_CRL_get_ext(pointer, $0) })
            .requireReadable(in: "certificate revocation list")
    }

    /// Reads the first `X509 CRL` block of a PEM text.
    public convenience init(pem: String) throws { try self.init(der: PEM.first(pem, labels: ["X509 CRL"])) }

    deinit { X509_CRL_free(pointer) }

    public var pem: String { PEM.encode(der, label: "X509 CRL") }

    /// Makes and signs a CRL.
    ///
    /// - Parameters:
    ///   - number: must grow from one CRL to the next (RFC 5280 §5.2.3).
    ///   - nextUpdate: when the next one will be there at the latest.
    public static func make(
        issuer: Certificate, key: PrivateKey, number: Int, thisUpdate: Date, nextUpdate: Date, entries: [Entry]
    ) throws -> CertificateRevocationList {
        let list = try require(X509_CRL_new())
        defer { X509_CRL_free(list) }
        try require(X509_CRL_set_version(list, 1))
        try require(X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer.pointer)))
        try setTime(thisUpdate) { X509_CRL_set1_lastUpdate(list, $0) }
        try setTime(nextUpdate) { X509_CRL_set1_nextUpdate(list, $0) }
        for entry in entries { try add(entry, to: list) }
        try addNumber(number, to: list)
        try addAuthorityKeyIdentifier(of: issuer, to: list)
        try require(X509_CRL_sort(list))
        try erasingStack {
            try require(X509_CRL_sign(list, key.pointer, (key.keyType?.digest ?? .sha256).evp), .library, "cannot sign")
        }
        let made = try CertificateRevocationList(der: encodeDER { i2d_X509_CRL(list, $0) })
        try made.verifySignature(by: issuer)
        return made
    }

    public var issuer: DistinguishedName { DistinguishedName(reading: X509_CRL_get_issuer(pointer)) }
    public var thisUpdate: Date { ASN1Time.date(X509_CRL_get0_lastUpdate(pointer)) ?? .distantFuture }
    /// nil when the CRL does not promise another one.
    public var nextUpdate: Date? { ASN1Time.date(X509_CRL_get0_nextUpdate(pointer)) }

    public var number: Int? {
        guard let found = X509_CRL_get_ext_d2i(pointer, NID_crl_number, nil, nil) else {
            ERR_clear_error()
            return nil
        }
        let value = found.assumingMemoryBound(to: ASN1_INTEGER.self)
        defer { ASN1_INTEGER_free(value) }
        let number = ASN1_INTEGER_get(value)
        return number >= 0 ? number : nil
    }

    /// Without those of negative numbers, which no certificate has that is accepted here.
    public var entries: [Entry] {
        elements(X509_CRL_get_REVOKED(pointer)).map { OpaquePointer($0) }.filter {
            X509_REVOKED_get0_serialNumber($0)?.pointee.type == V_ASN1_INTEGER
        }.map { Entry(reading: $0) }
    }

    /// The entry of a certificate; nil when it is not revoked.
    public func entry(for serialNumber: SerialNumber) -> Entry? {
        guard let bits = BN_bin2bn(serialNumber.bytes, Int32(serialNumber.bytes.count), nil) else { return nil }
        defer { BN_free(bits) }
        guard let number = BN_to_ASN1_INTEGER(bits, nil) else { return nil }
        defer { ASN1_INTEGER_free(number) }
        var found: OpaquePointer?
        // 2 means removeFromCRL, which takes a certificate off hold (delta CRLs only).
        return X509_CRL_get0_by_serial(pointer, &found, number) == 1 ? found.map { Entry(reading: $0) } : nil
    }

    public func contains(_ serialNumber: SerialNumber) -> Bool { entry(for: serialNumber) != nil }

    /// Whether `issuer`, which may sign lists (cRLSign, RFC 5280 §4.2.1.3), signed this one. Whether it is in force and what it
    /// covers, a path tells (`PathPolicy.Revocation`).
    ///
    /// - Throws: `PKIXError.signatureMismatch`.
    public func verifySignature(by issuer: Certificate) throws {
        guard X509_NAME_cmp(X509_get_subject_name(issuer.pointer), X509_CRL_get_issuer(pointer)) == 0 else {
            throw PKIXError(.signatureMismatch, "the CRL is by \(self.issuer), not by \(issuer.subject)")
        }
        try require(
            X509_CRL_verify(pointer, X509_get0_pubkey(issuer.pointer)), .signatureMismatch,
            "the CRL is not signed by \(issuer.subject)")
        guard issuer.keyUsage?.contains(.cRLSign) != false else {
            throw PKIXError(
                .signatureMismatch, "the CRL is signed by \(issuer.subject), which may not sign lists (cRLSign)")
        }
    }
}

extension CertificateRevocationList {
    private static func setTime(_ date: Date, _ set: (UnsafeMutablePointer<ASN1_TIME>) -> Int32) throws {
        let time = try require(ASN1_TIME_new())
        defer { ASN1_STRING_free(time) }
        try ASN1Time.set(time, date)
        try require(set(time))
    }

    private static func add(_ entry: Entry, to list: OpaquePointer) throws {
        guard (0...10).contains(entry.reasonCode), entry.reasonCode != 7 else {
            throw PKIXError(.unacceptable, "\(entry.reasonCode) is not a revocation reason of RFC 5280")
        }
        let revoked = try require(X509_REVOKED_new())
        do {
            let bits = try require(BN_bin2bn(entry.serialNumber.bytes, Int32(entry.serialNumber.bytes.count), nil))
            defer { BN_free(bits) }
            let number = try require(BN_to_ASN1_INTEGER(bits, nil))
            defer { ASN1_INTEGER_free(number) }
            try require(X509_REVOKED_set_serialNumber(revoked, number))
            try setTime(entry.revocationDate) { X509_REVOKED_set_revocationDate(revoked, $0) }
            if entry.reasonCode != 0 {
                let reason = try require(ASN1_ENUMERATED_new())
                defer { ASN1_ENUMERATED_free(reason) }
                try require(ASN1_ENUMERATED_set(reason, entry.reasonCode))
                try require(X509_REVOKED_add1_ext_i2d(revoked, NID_crl_reason, reason, 0, 0))
            }
            try require(X509_CRL_add0_revoked(list, revoked))
        } catch {
            X509_REVOKED_free(revoked)
            throw error
        }
    }

    private static func addNumber(_ number: Int, to list: OpaquePointer) throws {
        let value = try require(ASN1_INTEGER_new())
        defer { ASN1_INTEGER_free(value) }
        try require(ASN1_INTEGER_set_int64(value, Int64(number)))
        try require(X509_CRL_add1_ext_i2d(list, NID_crl_number, value, 0, 0))
    }

    private static func addAuthorityKeyIdentifier(of issuer: Certificate, to list: OpaquePointer) throws {
        let authority = try require(AUTHORITY_KEYID_new())
        defer { AUTHORITY_KEYID_free(authority) }
        let string = try require(ASN1_STRING_type_new(V_ASN1_OCTET_STRING))
        certway_set_key_identifier(authority, string)
        try setOctets(string, issuer.subjectKeyIdentifier ?? issuer.publicKey.keyIdentifier)
        try require(
            X509_CRL_add1_ext_i2d(list, NID_authority_key_identifier, UnsafeMutableRawPointer(authority), 0, 0))
    }
}

extension CertificateRevocationList.Entry {
    init(reading revoked: OpaquePointer) {
        serialNumber = SerialNumber(octets(X509_REVOKED_get0_serialNumber(revoked)))
        revocationDate = ASN1Time.date(X509_REVOKED_get0_revocationDate(revoked)) ?? .distantPast
        guard let found = X509_REVOKED_get_ext_d2i(revoked, NID_crl_reason, nil, nil) else {
            ERR_clear_error()
            reasonCode = 0
            return
        }
        let reason = found.assumingMemoryBound(to: ASN1_ENUMERATED.self)
        defer { ASN1_ENUMERATED_free(reason) }
        reasonCode = ASN1_ENUMERATED_get(reason)
    }
}
