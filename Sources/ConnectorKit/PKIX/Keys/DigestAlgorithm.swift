// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// Hash functions (FIPS 180-4). SHA-1 is here for fingerprints and for formats that fix it, not for signatures.
public enum DigestAlgorithm: String, Sendable, Hashable, CaseIterable {
    case sha1, sha256, sha384, sha512

    /// Length of a digest in bytes.
    public var byteCount: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// The digest of `bytes`.
    public func digest(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { digest($0) } }

    /// The same of bytes that lie elsewhere, such as in a `Secret`.
    public func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        // Digesting memory with a built-in algorithm has no way to fail but lack of memory.
        precondition(EVP_Digest(bytes.baseAddress, bytes.count, &digest, nil, evp, nil) == 1)
        return digest
    }

    /// The keyed digest of `message` (HMAC, RFC 2104).
    public func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: byteCount)
        var count = 0
        let made = EVP_Q_mac(
            nil, "HMAC", nil, rawValue, nil, key, key.count, message, message.count, &code, code.count, &count)
        // As above; and an empty key is taken, too.
        precondition(made != nil && count == byteCount)
        return code
    }

    var evp: OpaquePointer? {
        switch self {
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }
}
