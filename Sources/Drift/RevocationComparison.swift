// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Ledger

/// What a CA publishes of one certificate beside what the ledger says.
public struct RevocationComparison: Sendable {
    /// What is published.
    public enum Sight: Sendable, Hashable {
        /// A sentence for people.
        case revoked(String)
        /// A sentence for people. No revocation: who ends a hold has the certificate back.
        case onHold(String)
        case good
        /// Nothing, or it could not be read: says nothing.
        case unknown
    }

    /// So long after a CA has taken a revocation it may be missing in what it publishes: lists are made once a day or less.
    static let patience: TimeInterval = 7 * 86400

    private let now: Date

    public init(now: Date) { self.now = now }

    /// - Parameters:
    ///   - takenAt: when the CA had taken the revocation; nil for never.
    ///   - wasSeen: whether it was seen published before.
    ///   - isAsked: whether a revocation is under way.
    public func finding(
        _ certificate: LedgerCertificate, _ sight: Sight, takenAt: Date?, wasSeen: Bool, isAsked: Bool
    ) -> DriftFinding? {
        guard certificate.notAfter > now else { return nil }
        switch sight {
        case .revoked(let sentence):
            guard certificate.status != .revoked, !isAsked else { return nil }
            return DriftFinding(
                .revokedAtAuthority, place: certificate.backendCA, of: certificate, detail: sentence)
        case .onHold(let sentence):
            guard certificate.status != .revoked, !isAsked else { return nil }
            return DriftFinding(.heldAtAuthority, place: certificate.backendCA, of: certificate, detail: sentence)
        case .good:
            guard certificate.status == .revoked, let takenAt, wasSeen || takenAt < now - Self.patience else {
                return nil
            }
            return DriftFinding(
                .revocationNotShown, place: certificate.backendCA, of: certificate,
                detail: "the CA had taken it on \(takenAt.ISO8601Format())" + (wasSeen ? ", and it was published" : ""))
        case .unknown: return nil
        }
    }
}
