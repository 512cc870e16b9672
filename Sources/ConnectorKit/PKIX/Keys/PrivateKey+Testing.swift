// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension PrivateKey {
    /// An RSA key of 1024 bits, which no CA may certify any more (CA/Browser Forum, S/MIME BR 6.1.5). For tests that they
    /// refuse it.
    public static func generateWeak() throws -> PrivateKey {
        try PrivateKey(pkcs8: RSAKeyGenerator.pkcs8(bits: 1024))
    }
}
