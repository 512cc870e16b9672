// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The key types the gateway makes; RSA sizes in bits, NIST curves of FIPS 186-4.
public enum KeyType: String, Sendable, Hashable, CaseIterable {
    case rsa2048, rsa3072, rsa4096, p256, p384

    public var isRSA: Bool { modulusBits != nil }

    /// RSA modulus size; nil for a curve.
    public var modulusBits: Int? {
        switch self {
        case .rsa2048: 2048
        case .rsa3072: 3072
        case .rsa4096: 4096
        case .p256, .p384: nil
        }
    }

    /// Curve name as NIST writes it; nil for RSA.
    var curve: String? {
        switch self {
        case .p256: "P-256"
        case .p384: "P-384"
        case .rsa2048, .rsa3072, .rsa4096: nil
        }
    }

    /// The digest that goes with signatures by such a key.
    public var digest: DigestAlgorithm { self == .p384 ? .sha384 : .sha256 }
}
