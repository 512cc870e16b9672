// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// What a request asks for once the policy has let it pass and filled in what it fixes.
struct AtlasContent: Sendable {
    var subject = DistinguishedName()
    var emails: [String] = []
    var otherNames: [GeneralName] = []
    var keyUsage: KeyUsage = []
    var extendedKeyUsage: [KeyPurpose] = []
    var extensions: [CertificateBuilder.AdditionalExtension] = []
    var notBefore = Date.distantPast
    var notAfter = Date.distantPast
    /// The request that brought the key, where the policy wants one.
    var csr: CertificateSigningRequest?
}
