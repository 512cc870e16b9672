// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What is wrong with the tokens that the tenant signs from now on (wire/entra-oidc.md section 7, point 4).
enum TokenFault: String, Sendable, CaseIterable {
    case wrongAudience, wrongTenant, wrongIssuer, expired, future, noNonce, wrongNonce, noObjectID, wrongVersion
    /// `alg: none`, without a signature.
    case unsigned
    /// `alg: HS256`, with the public key as password.
    case hs256
    /// Signed by a key that the tenant does not publish, under a name it does not know, or under that of its own.
    case unknownKey, badSignature
    /// The key set says that the key is another issuer's.
    case foreignKey
}
