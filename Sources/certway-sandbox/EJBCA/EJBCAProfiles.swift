// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// What is set up in the sandbox's EJBCA: one CA, one end entity profile, its certificate profiles.
enum EJBCAProfiles {
    static let authority = "SandboxIssuingCA"
    static let endEntityProfile = "SandboxPeople"
    static let products = [
        SandboxProduct(
            id: "SMIME", name: "S/MIME and client authentication", profile: .smimeMultipurpose, days: 0...1100,
            usualDays: 730),
        SandboxProduct(
            id: "SMIME-SIGN", name: "S/MIME signing", profile: .smimeSigning, days: 0...1100, usualDays: 730),
        SandboxProduct(
            id: "SMIME-ENC", name: "S/MIME encryption", profile: .smimeEncryption, days: 0...1100, usualDays: 730),
        SandboxProduct(
            id: "CLIENT", name: "Client authentication", profile: .clientAuthentication, days: 0...1100, usualDays: 365,
            needsAddress: false),
    ]
}
