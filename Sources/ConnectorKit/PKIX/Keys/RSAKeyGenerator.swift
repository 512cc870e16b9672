// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CGnuTLS
internal import Secrets

/// RSA key pairs by GnuTLS (nettle), which is about five times as fast as OpenSSL 3.0 at it.
///
/// GnuTLS keeps a random generator per thread, so generation scales over the cores.
enum RSAKeyGenerator {
    /// - Returns: PKCS #8 PrivateKeyInfo, DER; every other copy is erased.
    static func pkcs8(bits: Int) throws -> Secret {
        var key: gnutls_x509_privkey_t?
        try check(gnutls_x509_privkey_init(&key))
        defer { gnutls_x509_privkey_deinit(key) }
        try check(gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, UInt32(bits), 0))
        // An RSA-4096 key takes about 2,400 bytes.
        return try Secret(capacity: bits) { der in
            var count = der.count
            try check(
                gnutls_x509_privkey_export_pkcs8(
                    key, GNUTLS_X509_FMT_DER, nil, UInt32(GNUTLS_PKCS_PLAIN.rawValue), der.baseAddress, &count))
            return count
        }
    }

    private static func check(_ result: Int32) throws {
        guard result >= 0 else {
            throw PKIXError(.library, "cannot make an RSA key", detail: String(cString: gnutls_strerror(result)))
        }
    }
}
