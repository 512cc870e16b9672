// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
import Foundation

/// Reads the RSA public key that an administrator exports for the gateway (wire/intune-pfx §4).
public enum RSAPublicBlob {
    /// The public key in a file of any of the forms in use, told apart by content: CNG `RSAPUBLICBLOB`,
    /// SubjectPublicKeyInfo or RSAPublicKey (RFC 8017 A.1.1) as PEM (CRLF and byte order mark allowed) or DER, or an X.509
    /// certificate as PEM or DER; and the base64 of each of these alone, as the connector's tools and portals show it.
    ///
    /// - Throws: `PKIXError` that says what was found instead; `unacceptable` for a key that does not protect.
    public static func publicKey(_ file: [UInt8]) throws -> PublicKey {
        let key = try read(decoded(file) ?? file)
        guard key.isRSA else {
            throw PKIXError(.unacceptable, "expected an RSA public key, found \(key.algorithmName)")
        }
        if let problem = key.unfitnessForEncryption {
            throw PKIXError(.unacceptable, "\(problem); make another one and export it again")
        }
        return key
    }

    private static func read(_ file: [UInt8]) throws -> PublicKey {
        if file.starts(with: Array("RSA1".utf8)) { return try readBlob(file) }
        if file.starts(with: Array("RSA2".utf8)) || file.starts(with: Array("RSA3".utf8)) { throw isPrivate }
        if file.first == 0x30 {  // a DER SEQUENCE
            if let key = try? PublicKey(der: file) { return key }
            if let key = try? readPKCS1(file) { return key }
            guard let certificate = try? Certificate(der: file) else {
                throw PKIXError(.malformed, "expected a public key or a certificate, found other DER")
            }
            return try certificate.publicKey
        }
        let blocks = try PEM.blocks(file)
        guard let block = blocks.first else {
            throw PKIXError(
                .malformed,
                "expected an RSAPUBLICBLOB, PEM, DER or base64 of a public key, found neither; export the key again")
        }
        if blocks.contains(where: { $0.label.hasSuffix("PRIVATE KEY") }) { throw isPrivate }
        guard blocks.count == 1 else {
            throw PKIXError(
                .malformed,
                "expected one public key or certificate, found \(blocks.count) PEM blocks: keep the one that is meant")
        }
        switch block.label {
        case "PUBLIC KEY": return try PublicKey(der: block.der)
        case "RSA PUBLIC KEY": return try readPKCS1(block.der)
        case "CERTIFICATE": return try Certificate(der: block.der).publicKey
        default:
            throw PKIXError(
                .malformed, "expected PEM with PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE, found \(block.label)")
        }
    }

    /// What base64 alone stands for; nil for a file of another kind.
    private static func decoded(_ file: [UInt8]) -> [UInt8]? {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = (file.starts(with: mark) ? file.dropFirst(3) : file[...]).filter { !" \t\r\n".utf8.contains($0) }
        guard text.count > 100, let data = Data(base64Encoded: Data(text)) else { return nil }
        return Array(data)
    }

    private static func readPKCS1(_ der: [UInt8]) throws -> PublicKey {
        let key = try der.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            let key = try require(
                d2i_PublicKey(EVP_PKEY_RSA, nil, &start, bytes.count), .malformed, "the RSA PUBLIC KEY is malformed")
            guard start == bytes.baseAddress.map({ $0 + bytes.count }) else {
                EVP_PKEY_free(key)
                throw PKIXError(.malformed, "the RSA PUBLIC KEY has something behind it")
            }
            return key
        }
        defer { EVP_PKEY_free(key) }
        return try PublicKey(der: encodeDER { i2d_PUBKEY(key, $0) })
    }

    private static var isPrivate: PKIXError {
        PKIXError(
            .unacceptable,
            "this file holds the private key, which must stay on the connector's host; export the public key instead")
    }

    /// BCRYPT_RSAPUBLIC_BLOB: six little-endian words (magic, bits, exponent length, modulus length, 0, 0), then exponent
    /// and modulus, both big-endian.
    private static func readBlob(_ blob: [UInt8]) throws -> PublicKey {
        let headerCount = 24
        guard blob.count >= headerCount else { throw PKIXError(.malformed, "the RSAPUBLICBLOB is cut short") }
        let words = (0..<6).map { word in
            (0..<4).reduce(0) { $0 | Int(blob[word * 4 + $1]) << (8 * $1) }
        }
        let (bits, exponentCount, modulusCount) = (words[1], words[2], words[3])
        guard words[4] == 0, words[5] == 0, exponentCount > 0, modulusCount > 0, bits <= 16384,
            blob.count == headerCount + exponentCount + modulusCount
        else {
            throw PKIXError(
                .malformed,
                "the RSAPUBLICBLOB of \(blob.count) bytes does not fit its header: \(bits) bits, exponent of "
                    + "\(exponentCount), modulus of \(modulusCount) bytes")
        }
        let key = try PublicKey.rsa(
            modulus: Array(blob[(headerCount + exponentCount)...]),
            exponent: Array(blob[headerCount..<headerCount + exponentCount]))
        guard key.bits == bits else {
            throw PKIXError(.malformed, "the RSAPUBLICBLOB says \(bits) bits, its modulus has \(key.bits)")
        }
        return key
    }
}
