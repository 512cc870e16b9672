// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// The library behind this room.
public enum OpenSSLLibrary {
    /// As the library names itself, such as `OpenSSL 3.0.17 1 Jul 2025`.
    public static var version: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }
}
