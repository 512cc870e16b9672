// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// What a certificate is worth now.
public enum CertificateStatus: String, Sendable, Hashable, CaseIterable, SQLRepresentable {
    case active
    /// Replaced by a newer one; still valid for reading old mail.
    case superseded
    case revoked
    case expired

    /// What an order's new stage means for its certificate; nil for no change.
    init?(stage: OrderStage) {
        switch stage {
        case .superseded: self = .superseded
        case .revoked: self = .revoked
        case .expired: self = .expired
        default: return nil
        }
    }
}
