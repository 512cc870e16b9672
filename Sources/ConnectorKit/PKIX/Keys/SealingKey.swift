// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Secrets

/// A 256-bit key with which the gateway seals what it stores: AES-256-GCM (NIST SP 800-38D) with a random nonce.
///
/// The form is one version byte (1), 12 bytes nonce, ciphertext, 16 bytes tag. The context, such as the row the value
/// belongs to, is authenticated: a value moved to another place does not open there. Random nonces are safe for 2³²
/// values under one key.
public final class SealingKey: Sendable {
    private static let version: UInt8 = 1
    private static let nonceCount = 12
    private static let tagCount = 16

    /// The 32 key bytes, for whoever stores the key.
    public let bytes: Secret

    public init(_ bytes: Secret) throws {
        guard bytes.count == 32 else {
            throw PKIXError(.unacceptable, "a sealing key has 32 bytes, found \(bytes.count)")
        }
        self.bytes = bytes
    }

    private init(random: Void) { bytes = SecureRandom.secret(32) }

    public static func random() -> SealingKey { SealingKey(random: ()) }

    /// Tells this key from others and says nothing of it: a digest of 256 random bits and this use, in hexadecimal.
    public var identifier: String {
        let use = Array("certway sealing key".utf8)
        let input = Secret(capacity: use.count + bytes.count) { room in
            room.copyBytes(from: use)
            bytes.withBytes { UnsafeMutableRawBufferPointer(rebasing: room[use.count...]).copyMemory(from: $0) }
            return room.count
        }
        let digest = input.withBytes { DigestAlgorithm.sha256.digest($0) }
        return digest.prefix(16).hex
    }

    /// - Parameter context: where the value belongs; `open` wants the same text.
    public func seal(_ secret: Secret, context: String) throws -> [UInt8] {
        let nonce = SecureRandom.bytes(Self.nonceCount)
        let cipher = try makeCipher(nonce: nonce, context: context, isSealing: true)
        defer { EVP_CIPHER_CTX_free(cipher) }
        var ciphertext = [UInt8](repeating: 0, count: secret.count)
        var count: Int32 = 0
        try secret.withBytes { plaintext in
            let input = plaintext.bindMemory(to: UInt8.self).baseAddress
            try require(EVP_CipherUpdate(cipher, &ciphertext, &count, input, Int32(plaintext.count)))
        }
        var rest = [UInt8](repeating: 0, count: 16)
        try require(EVP_CipherFinal_ex(cipher, &rest, &count))
        var tag = [UInt8](repeating: 0, count: Self.tagCount)
        try require(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag))
        return [Self.version] + nonce + ciphertext + tag
    }

    /// - Throws: `PKIXError.cannotOpen` for another key, another context or changed bytes; nothing of the content is given.
    public func open(_ sealed: [UInt8], context: String) throws -> Secret {
        guard sealed.first == Self.version else {
            throw PKIXError(
                .malformed, "a sealed value begins with version 1, found \(sealed.first.map(String.init) ?? "nothing")")
        }
        guard sealed.count >= 1 + Self.nonceCount + Self.tagCount else {
            throw PKIXError(.malformed, "the sealed value is cut short")
        }
        let nonce = Array(sealed[1..<1 + Self.nonceCount])
        let ciphertext = Array(sealed[(1 + Self.nonceCount)..<(sealed.count - Self.tagCount)])
        var tag = Array(sealed.suffix(Self.tagCount))
        let cipher = try makeCipher(nonce: nonce, context: context, isSealing: false)
        defer { EVP_CIPHER_CTX_free(cipher) }
        return try Secret(capacity: ciphertext.count) { plaintext in
            let output = plaintext.bindMemory(to: UInt8.self).baseAddress
            var count: Int32 = 0
            try require(EVP_CipherUpdate(cipher, output, &count, ciphertext, Int32(ciphertext.count)))
            try require(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag))
            var rest = [UInt8](repeating: 0, count: 16)
            try require(
                EVP_CipherFinal_ex(cipher, &rest, &count), .cannotOpen,
                "a sealed value does not open: another sealing key, another place, or changed bytes")
            return ciphertext.count
        }
    }

    /// A cipher context that has taken key, nonce and context; the caller frees it, which erases it.
    private func makeCipher(nonce: [UInt8], context: String, isSealing: Bool) throws -> OpaquePointer {
        let cipher = try require(EVP_CIPHER_CTX_new())
        do {
            try bytes.withBytes { key in
                let keyBytes = key.bindMemory(to: UInt8.self).baseAddress
                try require(EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), nil, keyBytes, nonce, isSealing ? 1 : 0))
            }
            var count: Int32 = 0
            let associated = Array(context.utf8)
            try require(EVP_CipherUpdate(cipher, nil, &count, associated, Int32(associated.count)))
            return cipher
        } catch {
            EVP_CIPHER_CTX_free(cipher)
            throw error
        }
    }
}
