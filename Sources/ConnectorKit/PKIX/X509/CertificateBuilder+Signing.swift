// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
internal import Foundation

extension CertificateBuilder {
    /// The certificate, signed by `issuer`.
    ///
    /// - Parameter key: the issuer's private key; another one is refused.
    /// - Throws: `PKIXError.unacceptable` for names or identifiers that cannot be encoded.
    public func signed(by issuer: Certificate, key: PrivateKey) throws -> Certificate {
        guard X509_check_private_key(issuer.pointer, key.pointer) == 1 else {
            throw PKIXError.fromQueue(.unacceptable, "the key does not belong to the issuer \(issuer.subject)")
        }
        let identifier = try issuer.subjectKeyIdentifier ?? issuer.publicKey.keyIdentifier
        return try sign(issuerName: X509_get_subject_name(issuer.pointer), issuerKeyIdentifier: identifier, key: key)
    }

    /// The certificate of a root: its own issuer.
    public func selfSigned(key: PrivateKey) throws -> Certificate {
        let name = try subject.makeName()
        defer { X509_NAME_free(name) }
        let made = try sign(issuerName: name, issuerKeyIdentifier: nil, key: key)
        guard made.isSelfSigned else { throw PKIXError(.unacceptable, "the key does not belong to the public key") }
        return made
    }

    private func sign(issuerName: OpaquePointer?, issuerKeyIdentifier: [UInt8]?, key: PrivateKey) throws -> Certificate
    {
        guard notBefore < notAfter else {
            throw PKIXError(.unacceptable, "the validity would end before it begins")
        }
        let certificate = try require(X509_new())
        defer { X509_free(certificate) }
        try require(X509_set_version(certificate, 2))
        try setSerialNumber(of: certificate)
        try require(X509_set_issuer_name(certificate, issuerName))
        let name = try subject.makeName()
        defer { X509_NAME_free(name) }
        try require(X509_set_subject_name(certificate, name))
        try ASN1Time.set(X509_getm_notBefore(certificate), notBefore)
        try ASN1Time.set(X509_getm_notAfter(certificate), notAfter)
        try require(X509_set_pubkey(certificate, publicKey.pointer))
        try addExtensions(to: ExtensionWriter(certificate: certificate), issuerKeyIdentifier: issuerKeyIdentifier)
        let digest = key.keyType?.digest ?? .sha256
        try erasingStack {
            try require(X509_sign(certificate, key.pointer, digest.evp), .library, "cannot sign the certificate")
        }
        return try Certificate(der: encodeDER { i2d_X509(certificate, $0) })
    }

    private func setSerialNumber(of certificate: OpaquePointer) throws {
        // RFC 5280 §4.1.2.2: positive and at most 20 octets, the sign byte included.
        guard serialNumber.bytes.count <= 20, serialNumber.bytes != [0],
            serialNumber.bytes.count < 20 || serialNumber.bytes[0] < 0x80
        else { throw PKIXError(.unacceptable, "serial number \(serialNumber) is not a positive number of 20 octets") }
        let number = try require(BN_bin2bn(serialNumber.bytes, Int32(serialNumber.bytes.count), nil))
        defer { BN_free(number) }
        _ = try require(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)))
    }

    private func addExtensions(to writer: ExtensionWriter, issuerKeyIdentifier: [UInt8]?) throws {
        if isAuthority { try writer.addBasicConstraints(pathLength: pathLengthConstraint) }
        if !keyUsage.isEmpty { try writer.add(keyUsage) }
        try writer.add(extendedKeyUsage)
        try writer.addSubjectKeyIdentifier(publicKey.keyIdentifier)
        if let issuerKeyIdentifier { try writer.addAuthorityKeyIdentifier(issuerKeyIdentifier) }
        // RFC 5280 §4.2.1.6: critical when the subject is empty.
        try writer.addSubjectAlternativeNames(alternativeNames, isCritical: subject.isEmpty)
        try writer.addCertificatePolicies(certificatePolicies)
        try writer.addCRLDistributionPoints(crlDistributionPoints)
        try writer.addAuthorityInformationAccess(
            ocspURLs.map { (NID_ad_OCSP, $0) } + caIssuersURLs.map { (NID_ad_ca_issuers, $0) })
        if let securityIdentifier {
            try writer.add(
                type: SecurityIdentifierExtension.type, der: SecurityIdentifierExtension.der(securityIdentifier),
                isCritical: false)
        }
        for added in additionalExtensions {
            try writer.add(type: added.type, der: added.der, isCritical: added.isCritical)
        }
    }
}
