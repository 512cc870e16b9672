// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// What a certification path has to be (RFC 5280 §6.1.1). What is not asked here is asked of every path: signatures and keys of today
/// (`Certificate.weakness`), validity of each certificate, constraints on names, lengths and policies.
public struct PathPolicy: Sendable {
    /// Which certificates of the path lists must speak for.
    public enum Revocation: Sendable {
        case unchecked
        /// The first certificate alone, by the lists given.
        case leaf([CertificateRevocationList])
        /// Every certificate below the trust anchor, by the lists given, delta and indirect ones included.
        case path([CertificateRevocationList])
    }

    /// The policies of RFC 5280 §6.1.1 (c) to (g).
    public struct CertificatePolicies: Sendable, Hashable {
        /// Dotted object identifiers; empty for any.
        public var accepted: [String] = []
        public var isExplicit = false
        public var inhibitsMapping = false
        public var inhibitsAnyPolicy = false

        public init() {}
    }

    /// Roots, or issuing CAs that are accepted by themselves. The signature of one that signed itself is not looked at, its key is.
    public var trustAnchors: [Certificate]
    public var date: Date
    /// Each must be allowed by the extended key usage of every certificate of the path that has one, save roots.
    public var purposes: Set<KeyPurpose>
    public var revocation = Revocation.unchecked
    public var certificatePolicies = CertificatePolicies()
    public var budget = PathBudget.standard

    public init(trustAnchors: [Certificate], at date: Date, purposes: Set<KeyPurpose> = []) {
        self.trustAnchors = trustAnchors
        self.date = date
        self.purposes = purposes
    }
}
