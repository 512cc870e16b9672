// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How an RSA key signs (RFC 8017). Keys on curves sign with ECDSA and take `pkcs1` as "nothing to choose".
public enum SignaturePadding: String, Sendable, Hashable, CaseIterable {
    /// RSASSA-PKCS1-v1_5.
    case pkcs1
    /// RSASSA-PSS; MGF1 with the same digest, salt as long as the digest, as PS256 of RFC 7518 wants it.
    case pss
}
