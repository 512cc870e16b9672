// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// What a sandbox CA sells under one id.
struct SandboxProduct: Sendable {
    let id: String
    let name: String
    /// What the certificates are for, unless the application says it.
    var profile = CertificateProfile.smime
    var keyTypes: Set<KeyType> = Set(KeyType.allCases)
    /// Days that may be asked for.
    var days: ClosedRange<Int> = 1...825
    /// Days when the application does not say.
    var usualDays = 365
    /// Whether an application must name at least one mail address.
    var needsAddress = true
    /// Dotted OIDs.
    var policies: [String] = []
}
