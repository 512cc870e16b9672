// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

/// Revokes one certificate, never a whole order with the other certificates in it.
public protocol CertificateRevoking: CertificateAuthorityConnector {
    func revoke(_ request: RevocationRequest) async throws -> RevocationOutcome
}

/// One certificate to be revoked.
public struct RevocationRequest: Sendable {
    public var certificate: Certificate
    /// The CA's ids of the order it came from.
    public var order: CAOrder
    public var reason: RevocationReason
    /// Why, in one sentence the CA may store.
    public var comment: String

    public init(certificate: Certificate, order: CAOrder, reason: RevocationReason, comment: String) {
        self.certificate = certificate
        self.order = order
        self.reason = reason
        self.comment = comment
    }
}

/// What the CA did with a revocation.
public enum RevocationOutcome: Sendable {
    case revoked
    /// The CA waits, for instance for an approval there; one sentence for people.
    case pending(String)
}
