// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Ledger

/// By which values a person signs in, beside the certificates.
public struct SignInComparison: Sendable {
    private let now: Date

    public init(now: Date) { self.now = now }

    /// - Parameters:
    ///   - certificates: of one person, each with the value that stands for it.
    ///   - values: those of the account.
    public func findings(_ certificates: [(certificate: LedgerCertificate, value: String)], values: [String])
        -> [DriftFinding]
    {
        let there = Set(values.map { $0.lowercased() })
        // Two certificates of one key have one value.
        let good = Set(certificates.filter { $0.certificate.isInUse(at: now) }.map { $0.value.lowercased() })
        return certificates.compactMap { certificate, value in
            let isThere = there.contains(value.lowercased())
            if certificate.isInUse(at: now) {
                return isThere ? nil : DriftFinding(.signInValueMissing, of: certificate, detail: value)
            }
            let isVoid = certificate.status == .revoked || certificate.isWithdrawn
            guard isVoid, certificate.notAfter > now, isThere, !good.contains(value.lowercased()) else { return nil }
            return DriftFinding(.signInValueLeft, of: certificate, detail: value)
        }
    }
}
