// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Secrets

/// The issuing CA of one folder, with its key in memory.
struct LocalCAAuthority: Sendable {
    let directory: CADirectory
    let root: Certificate
    let certificate: Certificate
    let key: PrivateKey
    private let crlURL: String?

    /// Reads the CA and checks that its parts belong together.
    ///
    /// - Throws: `ConnectorError` of kind `configuration` that names the file.
    init(_ settings: LocalCASettings) throws {
        directory = settings.directory
        crlURL = settings.crlURL
        root = try Self.certificate("root.pem", in: directory)
        certificate = try Self.certificate("issuing.pem", in: directory)
        guard let pem = try directory.readSecret("issuing.key") else {
            throw Self.missing("issuing.key", in: directory)
        }
        do {
            key = try PrivateKey(pem: pem, passphrase: settings.passphrase)
        } catch let error as PKIXError where error.code == .wrongPassword {
            let found =
                settings.passphrase == nil
                ? "is encrypted; set settings.passphrase" : "does not open with settings.passphrase"
            throw ConnectorError(.configuration, "\(directory.file("issuing.key")) \(found)", detail: error.detail)
        } catch let error as PKIXError {
            throw ConnectorError(.configuration, "\(directory.file("issuing.key")): \(error)", detail: error.detail)
        }
        guard certificate.isIssued(by: root) else {
            throw ConnectorError(
                .configuration,
                "\(directory.file("issuing.pem")) is not issued by root.pem beside it; restore both from one copy")
        }
        guard try key.publicKey == certificate.publicKey else {
            throw ConnectorError(
                .configuration,
                "\(directory.file("issuing.key")) is not the key of issuing.pem; restore both from one copy")
        }
        // Starting without it would forget every revocation.
        guard try directory.read("issuing.crl") != nil else { throw Self.missing("issuing.crl", in: directory) }
    }

    /// Issues and records a certificate, or gives the one recorded under the reference.
    ///
    /// - Returns: the chain without the root.
    func issue(_ request: CertificateRequest, days: Int, now: Date) throws -> [Certificate] {
        if let chain = try chain(reference: request.reference) { return chain }
        let leaf = try builder(request, days: days, now: now).signed(by: certificate, key: key)
        let chain = [leaf, certificate]
        let text = Array(chain.map(\.pem).joined().utf8)
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
        _ = try builder(request, days: days, now: now).signed(by: certificate, key: key)
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
        builder.crlDistributionPoints = crlURL.map { [$0] } ?? []
        return builder
    }

    /// Every reference, sorted.
    func references() throws -> [String] {
        try directory.names(in: "orders").filter { $0.hasSuffix(".pem") }.map { String($0.dropLast(4)) }
    }

    /// What works now but needs attention.
    func warnings(now: Date) -> [String] {
        var warnings: [String] = []
        // New certificates of the usual length would already be cut short.
        if certificate.notAfter < now + Double(LocalCAProduct.usualDays) * 86_400 {
            warnings.append("the issuing CA ends on \(certificate.notAfter.ISO8601Format()); plan its successor")
        }
        for name in ["issuing.key", "root.key"] where directory.isReadableByOthers(name) {
            warnings.append("\(directory.file(name)) can be read by others; run chmod 600 on it")
        }
        if FileManager.default.fileExists(atPath: directory.file("root.key")) {
            warnings.append("\(directory.file("root.key")) lies beside the issuing CA; move it to a safe place offline")
        }
        return warnings
    }

    private static func order(_ reference: String) -> String { "orders/\(reference).pem" }
    private static func record(_ serialNumber: SerialNumber) -> String { "certificates/\(serialNumber.hex).pem" }

    private static func certificate(_ name: String, in directory: CADirectory) throws -> Certificate {
        guard let text = try directory.read(name) else { throw missing(name, in: directory) }
        do {
            return try Certificate(pem: String(decoding: text, as: UTF8.self))
        } catch {
            throw ConnectorError(.configuration, "\(directory.file(name)): \(error)")
        }
    }

    private static func missing(_ name: String, in directory: CADirectory) -> ConnectorError {
        let hasCA = (try? directory.read("issuing.pem")) != nil
        let next = hasCA ? "restore it from a copy" : "there is no CA in this folder yet; make one first"
        return ConnectorError(.configuration, "\(directory.file(name)) is missing; \(next)")
    }
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
