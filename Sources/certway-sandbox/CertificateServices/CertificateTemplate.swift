// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// A certificate template published on the CA (wire/adcs-http.md section 14).
struct CertificateTemplate: Sendable {
    /// Its `cn`, which requests name, its display name, which they must not use, and what it gives.
    let product: SandboxProduct
    var additionalPurposes: [KeyPurpose] = []
    /// "Supply in the request"; otherwise "Build from Active Directory".
    var takesSubjectFromRequest = true
    /// The logon name in the request must be that of an account, and a security identifier must be the account's.
    var checksLogonName = false
    var needsApproval = false
    /// How many signatures of enrollment agents a request must have.
    var agentSignatures = 0
    /// Only officers may enroll.
    var isRestricted = false

    var name: String { product.id }
    var purposes: [KeyPurpose] { product.profile.extendedKeyUsage + additionalPurposes }
    var minimumModulusBits: Int { product.keyTypes.compactMap(\.modulusBits).min() ?? 0 }

    /// The most useful first.
    static let published = [
        CertificateTemplate(product: product("CertwayUser", "Certway User")),
        CertificateTemplate(
            product: product("CertwayLogon", "Certway User Logon", .smimeMultipurpose),
            additionalPurposes: [.smartCardLogon], checksLogonName: true),
        CertificateTemplate(
            product: product("CertwayDirectory", "Certway User from Directory", .smimeMultipurpose),
            takesSubjectFromRequest: false),
        CertificateTemplate(
            product: product("CertwayAgent", "Certway User by Enrollment Agent", .smimeMultipurpose),
            takesSubjectFromRequest: false, agentSignatures: 1),
        CertificateTemplate(product: product("CertwayApproval", "Certway User with Approval"), needsApproval: true),
        CertificateTemplate(
            product: product("CertwayStrongKey", "Certway User, Strong Key", keyTypes: [.rsa3072, .rsa4096, .p384])),
        CertificateTemplate(product: product("CertwayRestricted", "Certway Restricted"), isRestricted: true),
    ]

    static func named(_ name: String) -> CertificateTemplate? {
        published.first { $0.name.lowercased() == name.lowercased() }
    }

    private static func product(
        _ name: String, _ title: String, _ profile: CertificateProfile = .smime,
        keyTypes: Set<KeyType> = Set(KeyType.allCases)
    ) -> SandboxProduct {
        SandboxProduct(id: name, name: title, profile: profile, keyTypes: keyTypes, needsAddress: false)
    }
}
