// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What lies in a vault.
enum VaultObjectKind: String, Sendable {
    case key, secret, certificate

    var notFound: String {
        switch self {
        case .key: "KeyNotFound"
        case .secret: "SecretNotFound"
        case .certificate: "CertificateNotFound"
        }
    }
}
