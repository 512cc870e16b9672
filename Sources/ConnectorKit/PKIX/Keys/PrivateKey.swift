// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Secrets

/// A private key, RSA or on a NIST curve. Its bytes are erased when the last owner lets go.
public final class PrivateKey: Sendable {
    // Never changed after init; OpenSSL allows one EVP_PKEY to be used by many threads at once.
    nonisolated(unsafe) let pointer: OpaquePointer

    /// Takes over the reference.
    init(taking pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }

    /// Makes a key pair; from any number of threads at once.
    ///
    /// RSA keys come from GnuTLS (about 25 ms for 2048 bits) because OpenSSL 3.0 needs about 140 ms; curves from OpenSSL
    /// (well under 1 ms). Size and exponent of an RSA key are checked; that it signs is proved by the first CSR, which
    /// verifies what it signed. Testing the primes again would cost more than making them.
    public static func generate(_ type: KeyType) throws -> PrivateKey {
        guard let bits = type.modulusBits else {
            // A type that is not RSA has a curve.
            return PrivateKey(
                taking: try erasingStack {
                    try require(certway_generate_ec(type.curve!), .library, "cannot make a key")
                })
        }
        let key = try PrivateKey(pkcs8: erasingStack { try RSAKeyGenerator.pkcs8(bits: bits) })
        guard key.keyType == type, key.rsaExponentIs65537 else {
            throw PKIXError(.library, "the generated key is not \(type.rawValue) with exponent 65537")
        }
        return key
    }

    /// Reads an unencrypted PKCS #8 PrivateKeyInfo (RFC 5958), DER and nothing after it.
    public convenience init(pkcs8 der: Secret) throws {
        let pointer: OpaquePointer = try Self.reading(der) { bytes in
            try DEREncoding.require(bytes, as: "PKCS #8 private key")
            var next = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let info = try require(
                d2i_PKCS8_PRIV_KEY_INFO(nil, &next, bytes.count), .malformed, "not a PKCS #8 private key")
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            var (inner, count): (UnsafePointer<UInt8>?, Int32) = (nil, 0)
            try require(PKCS8_pkey_get0(nil, &inner, &count, nil, info), .malformed, "not a PKCS #8 private key")
            try DEREncoding.require(
                UnsafeRawBufferPointer(start: inner, count: Int(count)), as: "key inside PKCS #8")
            return try require(EVP_PKCS82PKEY(info), .malformed, "not a private key this gateway can use")
        }
        self.init(taking: pointer)
    }

    /// Reads the first private key of a PEM text: PKCS #8, encrypted PKCS #8, or the older RSA and EC forms.
    ///
    /// - Throws: `PKIXError.wrongPassword` when the key is encrypted and `passphrase` is missing or wrong.
    public convenience init(pem: Secret, passphrase: Secret? = nil) throws {
        let prompt = PassphrasePrompt(passphrase)
        let pointer: OpaquePointer = try Self.reading(pem) { bytes in
            try withReadBIO(bytes) { bio in
                ERR_clear_error()
                let context = Unmanaged.passUnretained(prompt).toOpaque()
                if let key = PEM_read_bio_PrivateKey(bio, nil, providePassphrase, context) { return key }
                guard prompt.wasAsked else {
                    throw PKIXError.fromQueue(.malformed, "no readable private key in the PEM text")
                }
                throw PKIXError.fromQueue(
                    .wrongPassword,
                    passphrase == nil
                        ? "the private key is encrypted and no passphrase was given"
                        : "the private key does not open with the passphrase given")
            }
        }
        self.init(taking: pointer)
    }

    private static func reading<Result>(_ secret: Secret, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
        -> Result
    {
        try erasingStack { try secret.withBytes(body) }
    }

    /// The key as unencrypted PKCS #8 PrivateKeyInfo, DER (RFC 5958).
    public var pkcs8: Secret {
        get throws {
            let info = try require(EVP_PKEY2PKCS8(pointer), .library, "cannot encode the private key")
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            return try encodeSecretDER { i2d_PKCS8_PRIV_KEY_INFO(info, $0) }
        }
    }

    /// OpenSSL asks for a passphrase with room for so many bytes: what was encrypted with more opens never again.
    public static let longestPassphrase = 1024

    /// The key as PKCS #8 PEM; with a passphrase encrypted by PBES2 with scrypt and AES-256-CBC.
    ///
    /// - Throws: `PKIXError.unacceptable` for a passphrase that is empty or longer than `longestPassphrase` bytes.
    public func pem(passphrase: Secret? = nil) throws -> Secret {
        try collectSecret { bio in
            guard let passphrase else {
                return try require(PEM_write_bio_PKCS8PrivateKey(bio, pointer, nil, nil, 0, nil, nil))
            }
            guard (1...Self.longestPassphrase).contains(passphrase.count) else {
                throw PKIXError(
                    .unacceptable,
                    "the passphrase has \(passphrase.count) bytes, expected 1 to \(Self.longestPassphrase)")
            }
            try writeEncrypted(to: bio, passphrase: passphrase)
        }
    }

    /// The public half, a copy that holds nothing private.
    public var publicKey: PublicKey {
        get throws { try PublicKey(publicHalfOf: pointer) }
    }

    /// nil for a key that the gateway would not make, such as RSA with 1024 bits.
    public var keyType: KeyType? { certwayKeyType(pointer) }

    private var rsaExponentIs65537: Bool {
        var exponent: OpaquePointer?
        guard EVP_PKEY_get_bn_param(pointer, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 else { return false }
        defer { BN_free(exponent) }
        return BN_is_word(exponent, 65537) == 1
    }

    /// Signs `message`; ECDSA signatures are the DER form of RFC 3279.
    ///
    /// - Parameters:
    ///   - digest: nil for the one that goes with the key type.
    ///   - padding: for RSA keys only.
    public func sign(_ message: [UInt8], digest: DigestAlgorithm? = nil, padding: SignaturePadding = .pkcs1) throws
        -> [UInt8]
    {
        let context = try require(EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        let digest = digest ?? keyType?.digest ?? .sha256
        try require(EVP_DigestSignInit(context, &keyContext, digest.evp, nil, pointer))
        try padding.apply(to: keyContext, key: pointer)
        var count = 0
        try require(EVP_DigestSign(context, nil, &count, message, message.count))
        var signature = [UInt8](repeating: 0, count: count)
        try erasingStack {
            try require(EVP_DigestSign(context, &signature, &count, message, message.count), .library, "cannot sign")
        }
        return Array(signature.prefix(count))
    }

    /// Opens what `PublicKey.encryptOAEP` made (RFC 8017 §7.1): empty label, `hash` for label and MGF1 alike.
    ///
    /// - Throws: `PKIXError.cannotOpen`, whatever the cause, so that nobody learns from the difference.
    public func decryptOAEP(_ ciphertext: [UInt8], hash: DigestAlgorithm) throws -> Secret {
        let context = try require(EVP_PKEY_CTX_new(pointer, nil))
        defer { EVP_PKEY_CTX_free(context) }
        try require(EVP_PKEY_decrypt_init(context), .unacceptable, "only an RSA key can open OAEP")
        try PublicKey.setOAEP(context, hash: hash)
        return try erasingStack {
            try Secret(capacity: Int(EVP_PKEY_get_size(pointer))) { plaintext in
                var count = plaintext.count
                try require(
                    EVP_PKEY_decrypt(
                        context, plaintext.bindMemory(to: UInt8.self).baseAddress, &count, ciphertext, ciphertext.count),
                    .cannotOpen, "the ciphertext does not open with this key and \(hash.rawValue)")
                return count
            }
        }
    }
}

/// What OpenSSL's callback knows: the passphrase, and whether the key turned out to need one.
private final class PassphrasePrompt {
    let passphrase: Secret?
    var wasAsked = false
    init(_ passphrase: Secret?) { self.passphrase = passphrase }
}

/// Hands OpenSSL the passphrase; without one it answers "none", because the default would ask on the terminal.
private func providePassphrase(
    buffer: UnsafeMutablePointer<CChar>?, capacity: Int32, writing: Int32, context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let buffer, let context else { return -1 }
    let prompt = Unmanaged<PassphrasePrompt>.fromOpaque(context).takeUnretainedValue()
    prompt.wasAsked = true
    return prompt.passphrase?.withBytes { bytes in
        guard bytes.count <= Int(capacity) else { return -1 }
        UnsafeMutableRawBufferPointer(start: buffer, count: Int(capacity)).copyMemory(from: bytes)
        return Int32(bytes.count)
    } ?? -1
}
