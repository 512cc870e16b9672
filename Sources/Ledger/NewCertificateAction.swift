// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Foundation

/// The wish to have something done to a certificate.
public struct NewCertificateAction: Sendable {
    public var kind: CertificateAction.Kind
    public var certificateID: Int64
    /// Of a revocation.
    public var reason: RevocationReason?
    /// Why, in one sentence for people; the CA may be told.
    public var cause: String
    /// Who asks.
    public var actor: String
    /// Nothing leaves before; nil for at once. Until then it can be undone.
    public var notBefore: Date?
    /// Whether another certificate is to take the place of this one, whatever becomes of the first order for it.
    public var isOrderedAgain = false

    /// A revocation.
    public static func revoke(
        certificateID: Int64, reason: RevocationReason, cause: String, actor: String, notBefore: Date? = nil,
        isOrderedAgain: Bool = false
    ) -> Self {
        Self(
            kind: .revoke, certificateID: certificateID, reason: reason, cause: cause, actor: actor,
            notBefore: notBefore, isOrderedAgain: isOrderedAgain)
    }

    /// A withdrawal from Intune.
    public static func withdraw(
        certificateID: Int64, cause: String, actor: String, notBefore: Date? = nil, isOrderedAgain: Bool = false
    ) -> Self {
        Self(
            kind: .withdraw, certificateID: certificateID, reason: nil, cause: cause, actor: actor,
            notBefore: notBefore, isOrderedAgain: isOrderedAgain)
    }

    /// What is asked for with a revocation because the key is in wrong hands: no device is to be given it any more. Nil for another reason.
    public var withdrawal: Self? {
        guard kind == .revoke, reason == .keyCompromise else { return nil }
        return .withdraw(
            certificateID: certificateID, cause: cause, actor: actor, notBefore: notBefore,
            isOrderedAgain: isOrderedAgain)
    }

    /// As that of the action while it stands.
    var openKey: String { CertificateAction.openKey(kind, certificateID) }
}
