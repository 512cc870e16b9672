// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// Turns an order into a certificate. Only the key comes from the CSR, all else from the order.
struct CertificateContent {
    let request: OrderRequest
    let now: Date

    func sign(_ csr: CertificateSigningRequest, by authority: IssuingAuthority) throws -> Certificate {
        let key = try csr.publicKey
        var builder = CertificateBuilder(
            profile: .smime, subject: subject, publicKey: key,
            alternativeNames: request.emails.map { .rfc822Name($0) }, notBefore: start, notAfter: end)
        builder.keyUsage = keyUsage(key)
        builder.extendedKeyUsage = extendedKeyUsage
        builder.certificatePolicies = policies
        return try authority.sign(builder)
    }

    /// Validity is counted in whole days.
    private var start: Date { Timestamp.readDay(Timestamp.day(now)) ?? now }

    private var end: Date {
        switch request.validity {
        case .days(let days): start.addingTimeInterval(TimeInterval(days) * 86_400 - 1)
        case .until(let date):
            (Timestamp.readDay(Timestamp.day(date)) ?? date).addingTimeInterval(86_400 - 1)
        }
    }

    private var subject: DistinguishedName {
        var attributes: [DistinguishedName.Attribute] = []
        if request.product.needsOrganization {
            attributes.append(.init("C", "DE"))
            attributes.append(.init("O", DigiCertOrganization.name))
            // organizationIdentifier, which sponsor and organization certificates must carry.
            if request.product.isSecureEmail { attributes.append(.init("2.5.4.97", "NTRDE-HRB112233")) }
        }
        if request.includesNames, let individual = request.individual {
            if let name = individual.firstName { attributes.append(.init("GN", name)) }
            if let name = individual.lastName { attributes.append(.init("SN", name)) }
        }
        if request.includesPseudonym, let name = request.individual?.pseudonym {
            attributes.append(.init("pseudonym", name))
        }
        // A longer address stands in the alternative names only (RFC 5280 appendix A.1, ub-common-name).
        if commonName.unicodeScalars.count <= 64 { attributes.append(.init("CN", commonName)) }
        if request.includesEmail, let email = request.emails.first { attributes.append(.init("emailAddress", email)) }
        return DistinguishedName(attributes)
    }

    private var commonName: String {
        let email = request.emails.first ?? ""
        let names = [request.individual?.firstName, request.individual?.lastName].compactMap { $0 }
        switch request.commonNameIndicator {
        case "given_name_surname" where request.product.kind == .sponsor: return names.joined(separator: " ")
        case "pseudonym" where request.product.kind == .sponsor: return request.individual?.pseudonym ?? email
        case "organization_name": return DigiCertOrganization.name
        default: return request.commonName ?? email
        }
    }

    private func keyUsage(_ key: PublicKey) -> KeyUsage {
        let encryption: KeyUsage = key.isRSA ? .keyEncipherment : .keyAgreement
        var usage: KeyUsage =
            switch request.primaryUsage {
            case "signing": .digitalSignature
            case "key_management": encryption
            default: [.digitalSignature, encryption]
            }
        if request.product.isClientAuthenticationOnly { usage = .digitalSignature }
        if request.additionalUsages.contains("non_repudiation") { usage.insert(.nonRepudiation) }
        return usage
    }

    private var extendedKeyUsage: [KeyPurpose] {
        if request.product.isClientAuthenticationOnly { return [.clientAuthentication] }
        let mayLogOn = request.additionalUsages.contains("client_auth")
        return mayLogOn ? [.emailProtection, .clientAuthentication] : [.emailProtection]
    }

    /// The reserved identifiers of the CA/Browser Forum's S/MIME requirements: validation, then generation of the profile.
    private var policies: [String] {
        guard !request.product.isClientAuthenticationOnly else { return [] }
        let generation = request.isMultipurpose ? 2 : 3
        return switch request.product.kind {
        case .mailbox, .class1: ["2.23.140.1.5.1.\(generation)"]
        case .organization: ["2.23.140.1.5.2.\(generation)"]
        case .sponsor, .client: ["2.23.140.1.5.3.\(generation)"]
        }
    }
}
