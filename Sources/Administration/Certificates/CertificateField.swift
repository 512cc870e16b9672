// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

/// A part of a certificate that one may lack.
public enum CertificateField: String, Sendable, CaseIterable {
    case commonName, givenName, surname, organization, email, upn, sid, crl, ocsp, policies

    /// Whether the certificate has it.
    public func isIn(_ certificate: Certificate) -> Bool {
        switch self {
        case .commonName: certificate.subject.commonName != nil
        case .givenName: has("GN", "givenName", certificate)
        case .surname: has("SN", "surname", certificate)
        case .organization: has("O", "organizationName", certificate)
        case .email: !certificate.emailAddresses.isEmpty
        case .upn: !certificate.userPrincipalNames.isEmpty
        case .sid: certificate.securityIdentifier != nil
        case .crl: !certificate.crlDistributionPoints.isEmpty
        case .ocsp: !certificate.ocspURLs.isEmpty
        case .policies: !certificate.certificatePolicies.isEmpty
        }
    }

    private func has(_ short: String, _ long: String, _ certificate: Certificate) -> Bool {
        certificate.subject.attributes.contains { $0.type == short || $0.type == long }
    }
}
