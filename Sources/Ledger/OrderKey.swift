// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The key pair of an order as the ledger keeps it.
public struct OrderKey: Sendable, Hashable {
    /// The private key sealed by the gateway's own key; nil once erased.
    public let sealed: [UInt8]?
    /// SubjectPublicKeyInfo (RFC 5280), DER.
    public let publicKey: [UInt8]
    /// PKCS #10 (RFC 2986), DER.
    public let csr: [UInt8]
}
