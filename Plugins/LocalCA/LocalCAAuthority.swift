// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

/// The CA of one folder, with the keys of its issuing CA in memory.
struct LocalCAAuthority: Sendable {
    let settings: LocalCASettings
    let root: Certificate
    /// The keys of the issuing CA, oldest first; the last one issues.
    let issuers: [IssuingCA]
    let current: IssuingCA
    /// A person has ended it: it issues nothing any more, and its keys may be gone.
    let isRetired: Bool
    /// What the root has revoked; nil where its list is not there.
    let rootCRL: CertificateRevocationList?

    var directory: CADirectory { settings.directory }
    /// Of the issuing CA that issues.
    var certificate: Certificate { current.certificate }

    /// Reads the CA and checks that its parts belong together.
    ///
    /// - Parameter retires: keys are opened even if the CA is retired.
    /// - Throws: `ConnectorError` of kind `configuration` that names the file.
    init(_ settings: LocalCASettings, retires: Bool = false) throws {
        self.settings = settings
        let directory = settings.directory
        try directory.requireTrust()
        let root = try directory.certificate("root.pem")
        let isRetired = directory.exists("retired")
        let generations = try directory.generations()
        let issuers = try generations.map { generation in
            try IssuingCA(
                generation, in: directory, root: root, passphrase: settings.passphrase,
                key: isRetired ? (retires ? .ifThere : .none) : generation == generations.last ? .needed : .ifThere)
        }
        guard let current = issuers.last else { throw directory.missing("issuing.pem") }
        (self.root, self.issuers, self.current, self.isRetired) = (root, issuers, current, isRetired)
        rootCRL = try directory.crl("root.crl", of: root)
    }

    /// Whether it may issue now.
    ///
    /// - Throws: `ConnectorError` of kind `configuration` that says why not.
    func requireInService(at now: Date) throws {
        try directory.requireTrust()
        if isRetired { throw retired }
        if rootCRL?.contains(certificate.serialNumber) == true {
            throw ConnectorError(
                .configuration,
                "the root has revoked \(certificate.subject); give it a new key with 'certway ca renew --new-key'")
        }
        guard certificate.isValid(at: now) else {
            throw ConnectorError(
                .configuration,
                "the issuing CA's certificate ended on \(certificate.notAfter.ISO8601Format()); renew it with 'certway ca renew'"
            )
        }
    }

    /// Whether it was made for what a request is for. Without any purpose of its own it is for everything (RFC 5280 section 4.2.1.12).
    ///
    /// - Throws: `ConnectorError` of kind `configuration`.
    func requirePurpose(of request: CertificateRequest) throws {
        let (own, wanted) = (certificate.extendedKeyUsage, request.purpose.extendedKeyUsage)
        guard !own.isEmpty, !own.contains(wanted), !own.contains(.any) else { return }
        throw ConnectorError(
            .configuration,
            "\(certificate.subject) was made for \(own.map(\.name).joined(separator: ", ")), and \(request.purpose.rawValue) needs "
                + "\(wanted.name); make a CA for it with 'certway ca create --for \(request.purpose.rawValue)'")
    }

    private var retired: ConnectorError {
        ConnectorError(
            .configuration,
            "\(certificate.subject) is retired and issues nothing; let templates name another backend CA")
    }

    /// The CRL of the issuing CA that issues.
    func crl() throws -> CertificateRevocationList { try current.crl() }

    /// The key that has issued a certificate; nil for one of another CA.
    func issuer(of leaf: Certificate) -> IssuingCA? { issuers.last { leaf.isIssued(by: $0.certificate) } }

    /// Issues and records a certificate, or gives the one recorded under the reference.
    ///
    /// - Returns: the chain without the root.
    func issue(_ request: CertificateRequest, days: Int, now: Date) throws -> [Certificate] {
        if let chain = try chain(reference: request.reference) { return chain }
        let leaf = try builder(request, days: days, now: now).signed(by: certificate, key: current.signingKey())
        let chain = [leaf, certificate]
        let text = Array(chain.map(\.pem).joined().utf8)
        // Looked at as late as can be: the last CRL may be in the making.
        guard !directory.exists("retired") else { throw retired }
        let isFirst = try directory.publish(
            text, as: Self.order(request.reference), and: Self.record(leaf.serialNumber))
        // Somebody was faster: what was signed here never leaves this function, so there is one certificate.
        if !isFirst, let winner = try self.chain(reference: request.reference) { return winner }
        return chain
    }

    /// Signs and throws away: whatever is wrong with the names shows before anything is recorded.
    ///
    /// - Throws: `PKIXError`.
    func rehearse(_ request: CertificateRequest, days: Int, now: Date) throws {
        _ = try builder(request, days: days, now: now).signed(by: certificate, key: current.signingKey())
    }

    /// The chain recorded under a reference; nil when there is none.
    func chain(reference: String) throws -> [Certificate]? {
        guard let text = try directory.read(Self.order(reference)) else { return nil }
        let chain = try Certificate.all(pem: String(decoding: text, as: UTF8.self))
        guard let leaf = chain.first else {
            throw ConnectorError(
                .configuration, "\(directory.file(Self.order(reference))) holds no certificate; restore it from a copy")
        }
        // A kill between the two names leaves the second one to be made now.
        try directory.addName(Self.record(leaf.serialNumber), to: Self.order(reference))
        return chain
    }

    private func builder(_ request: CertificateRequest, days: Int, now: Date) throws -> CertificateBuilder {
        // A little in the past, for devices whose clock is late.
        let notBefore = Date(timeIntervalSince1970: (now.timeIntervalSince1970 - 60).rounded(.down))
        var builder = CertificateBuilder(
            profile: CertificateProfile(request.purpose), subject: request.names.subject,
            publicKey: try request.csr.publicKey,
            alternativeNames: request.names.alternativeNames, notBefore: notBefore,
            // RFC 5280 §6.1 would let a leaf outlive its CA, but no client could check it then.
            notAfter: min(notBefore + Double(days) * 86_400, certificate.notAfter))
        builder.securityIdentifier = request.names.securityIdentifier
        builder.crlDistributionPoints = settings.crlURL(of: current.generation).map { [$0] } ?? []
        builder.caIssuersURLs = settings.issuerURL(of: current.generation).map { [$0] } ?? []
        return builder
    }

    /// Every reference, sorted.
    func references() throws -> [String] {
        try directory.names(in: "orders").filter { $0.hasSuffix(".pem") }.map { String($0.dropLast(4)) }
    }

    private static func order(_ reference: String) -> String { "orders/\(reference).pem" }
    private static func record(_ serialNumber: SerialNumber) -> String { "certificates/\(serialNumber.hex).pem" }
}

extension RequestedNames {
    /// The subject, most significant attribute first.
    var subject: DistinguishedName {
        let attributes: [(String, String?)] = [
            ("C", country), ("ST", state), ("L", locality), ("O", organization), ("OU", organizationalUnit),
            ("SN", surname), ("GN", givenName), ("pseudonym", pseudonym), ("CN", commonName),
        ]
        return DistinguishedName(attributes.compactMap { type, value in value.map { .init(type, $0) } })
    }
}
