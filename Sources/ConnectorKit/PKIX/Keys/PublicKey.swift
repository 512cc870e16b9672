// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Secrets
internal import Synchronization

/// A public key with its SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). Two keys are equal when that DER is.
public final class PublicKey: Sendable, Hashable {
    /// SubjectPublicKeyInfo.
    public let der: [UInt8]
    /// The address of the EVP_PKEY; 0 until it is needed, because comparing needs the DER alone and decoding costs more.
    private let decoded: Atomic<UInt>

    /// Takes over the reference.
    ///
    /// - Parameter der: the SubjectPublicKeyInfo of the same key.
    init(taking pointer: OpaquePointer, der: [UInt8]) {
        self.der = der
        decoded = Atomic(UInt(bitPattern: pointer))
    }

    /// The public half of a key that OpenSSL has.
    init(publicHalfOf key: OpaquePointer) throws {
        der = try encodeDER { i2d_PUBKEY(key, $0) }
        decoded = Atomic(0)
    }

    /// OpenSSL allows one EVP_PKEY to be used by many threads at once.
    var pointer: OpaquePointer {
        if let known = OpaquePointer(bitPattern: decoded.load(ordering: .acquiring)) { return known }
        var next: UnsafePointer<UInt8>?
        let made = der.withUnsafeBufferPointer { bytes in
            next = bytes.baseAddress
            return d2i_PUBKEY(nil, &next, bytes.count)
        }
        // Only OpenSSL's own encoding waits to be decoded; it fails for lack of memory, where Swift stops the process too.
        guard let made else { fatalError("openssl cannot decode a public key it has encoded") }
        let (isFirst, known) = decoded.compareExchange(
            expected: 0, desired: UInt(bitPattern: made), ordering: .acquiringAndReleasing)
        guard !isFirst, let earlier = OpaquePointer(bitPattern: known) else { return made }
        EVP_PKEY_free(made)
        return earlier
    }

    /// Reads a SubjectPublicKeyInfo.
    public convenience init(der: [UInt8]) throws {
        self.init(
            taking: try decodeDER(
                der, as: "SubjectPublicKeyInfo", { d2i_PUBKEY(nil, $0, $1) }, free: { EVP_PKEY_free($0) }), der: der)
    }

    /// Reads the first `PUBLIC KEY` block of a PEM text.
    public convenience init(pem: String) throws { try self.init(der: PEM.first(pem, labels: ["PUBLIC KEY"])) }

    deinit { EVP_PKEY_free(OpaquePointer(bitPattern: decoded.load(ordering: .acquiring))) }

    public var pem: String { PEM.encode(der, label: "PUBLIC KEY") }

    public static func == (left: PublicKey, right: PublicKey) -> Bool { left.der == right.der }
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }

    /// nil for a key that the gateway would not make, such as RSA with 1024 bits or Ed25519.
    public var keyType: KeyType? { certwayKeyType(pointer) }

    public var isRSA: Bool { EVP_PKEY_get_base_id(pointer) == EVP_PKEY_RSA }
    public var isEC: Bool { EVP_PKEY_get_base_id(pointer) == EVP_PKEY_EC }

    /// RSA modulus or curve size.
    public var bits: Int { Int(EVP_PKEY_get_bits(pointer)) }

    /// For people: `RSA 2048`, `EC P-256`, or OpenSSL's name of another algorithm.
    public var algorithmName: String {
        if isRSA { return "RSA \(bits)" }
        if let curve = keyType?.curve { return "EC \(curve)" }
        return EVP_PKEY_get0_type_name(pointer).map { "\(String(cString: $0)) \(bits)" } ?? "unknown"
    }

    /// SHA-1 of the subject public key bits, method 1 of RFC 5280 §4.2.1.2.
    public var keyIdentifier: [UInt8] {
        get throws {
            let info = try decodeDER(
                der, as: "SubjectPublicKeyInfo", { d2i_X509_PUBKEY(nil, $0, $1) }, free: { X509_PUBKEY_free($0) })
            defer { X509_PUBKEY_free(info) }
            var bits: UnsafePointer<UInt8>?
            var count: Int32 = 0
            try require(X509_PUBKEY_get0_param(nil, &bits, &count, nil, info))
            return DigestAlgorithm.sha1.digest(Array(UnsafeBufferPointer(start: bits, count: Int(count))))
        }
    }

    /// Whether `signature` over `message` is by the private half of this key.
    public func verify(
        _ signature: [UInt8], of message: [UInt8], digest: DigestAlgorithm? = nil, padding: SignaturePadding = .pkcs1
    ) throws -> Bool {
        let context = try require(EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        let digest = digest ?? keyType?.digest ?? .sha256
        try require(EVP_DigestVerifyInit(context, &keyContext, digest.evp, nil, pointer))
        try padding.apply(to: keyContext, key: pointer)
        defer { ERR_clear_error() }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    /// How many bytes OAEP with `hash` can take: modulus − 2·hash − 2 (RFC 8017 §7.1.1); negative is cut to 0.
    public func oaepCapacity(hash: DigestAlgorithm) -> Int {
        max(0, Int(EVP_PKEY_get_size(pointer)) - 2 * hash.byteCount - 2)
    }

    /// Encrypts with RSAES-OAEP (RFC 8017 §7.1), empty label, `hash` for label *and* MGF1 (wire/intune-pfx §5).
    ///
    /// - Returns: big-endian ciphertext, always as long as the modulus.
    /// - Throws: `PKIXError.tooLong` before encrypting, naming the bytes allowed.
    public func encryptOAEP(_ plaintext: Secret, hash: DigestAlgorithm) throws -> [UInt8] {
        guard isRSA else { throw PKIXError(.unacceptable, "OAEP needs an RSA key, found \(algorithmName)") }
        let capacity = oaepCapacity(hash: hash)
        guard plaintext.count <= capacity else {
            throw PKIXError(
                .tooLong,
                "\(plaintext.count) bytes do not fit: RSA \(bits) with OAEP \(hash.rawValue) takes at most \(capacity)")
        }
        let context = try require(EVP_PKEY_CTX_new(pointer, nil))
        defer { EVP_PKEY_CTX_free(context) }
        try require(EVP_PKEY_encrypt_init(context))
        try Self.setOAEP(context, hash: hash)
        var ciphertext = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(pointer)))
        var count = ciphertext.count
        try plaintext.withBytes { bytes in
            let input = bytes.bindMemory(to: UInt8.self).baseAddress
            try require(EVP_PKEY_encrypt(context, &ciphertext, &count, input, bytes.count), .library, "cannot encrypt")
        }
        return Array(ciphertext.prefix(count))
    }

    /// MGF1 must be set too: left alone, some versions take SHA-1 for it.
    static func setOAEP(_ context: OpaquePointer, hash: DigestAlgorithm) throws {
        try require(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING))
        try require(EVP_PKEY_CTX_set_rsa_oaep_md(context, hash.evp))
        try require(EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash.evp))
    }
}

/// The type of key behind an EVP_PKEY, public or private; nil for one the gateway would not make.
func certwayKeyType(_ pointer: OpaquePointer) -> KeyType? {
    switch EVP_PKEY_get_base_id(pointer) {
    case EVP_PKEY_RSA: return KeyType.allCases.first { $0.modulusBits == Int(EVP_PKEY_get_bits(pointer)) }
    case EVP_PKEY_EC:
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard EVP_PKEY_get_group_name(pointer, &name, name.count, &count) == 1 else {
            ERR_clear_error()
            return nil
        }
        return switch OBJ_txt2nid(name) {
        case NID_X9_62_prime256v1: .p256
        case NID_secp384r1: .p384
        default: nil
        }
    default: return nil
    }
}

extension SignaturePadding {
    func apply(to context: OpaquePointer?, key: OpaquePointer) throws {
        guard self == .pss else { return }
        guard EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA else {
            throw PKIXError(.unacceptable, "PSS needs an RSA key")
        }
        try require(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING))
        try require(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST))
    }
}
