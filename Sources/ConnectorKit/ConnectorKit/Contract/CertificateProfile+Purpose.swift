// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

extension CertificateProfile {
    /// What a certificate for that purpose is made with, for connectors that are a CA themselves.
    public init(_ purpose: CertificatePurpose) {
        self =
            switch purpose {
            case .smime: .smime
            case .smimeEncryption: .smimeEncryption
            case .smimeSigning: .smimeSigning
            case .clientAuthentication: .clientAuthentication
            case .serverAuthentication: .tlsServer
            }
    }
}
