// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

/// The tag that pairs an imported PFX with a "PKCS imported certificate" profile of the same purpose. It grants
/// nothing.
public enum IntendedPurpose: String, Sendable, CaseIterable {
    case unassigned, smimeEncryption, smimeSigning

    /// One certificate can carry one tag only. A dual-use S/MIME certificate goes out as encryption: that key is the
    /// one every device must have.
    public init(_ purpose: CertificatePurpose) {
        self =
            switch purpose {
            case .smime, .smimeEncryption: .smimeEncryption
            case .smimeSigning: .smimeSigning
            case .clientAuthentication, .serverAuthentication: .unassigned
            }
    }
}
