// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Secrets

/// A private key with its certificate and the CAs above it in one encrypted file (RFC 7292).
public struct PKCS12Bundle: Sendable {
    /// How the file is encrypted (wire/intune-pfx §6).
    public enum Encryption: String, Sendable, Hashable, CaseIterable {
        /// PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA-256, MAC with SHA-256. Windows from 1709 and Server 2019 on.
        case aes256SHA256
        /// pbeWithSHA1And3-KeyTripleDES-CBC, MAC with SHA-1: weak, opens everywhere.
        case tripleDESSHA1
    }

    /// Iterations of the key derivation where a person has chosen the password, which is guessed at offline (OWASP's figure for
    /// PBKDF2-HMAC-SHA-256, 2023). Costs about half a second.
    public static let iterationsForPeople = 600_000

    public var key: PrivateKey
    public var certificate: Certificate
    /// Issuing CA first.
    public var chain: [Certificate]

    public init(key: PrivateKey, certificate: Certificate, chain: [Certificate] = []) {
        self.key = key
        self.certificate = certificate
        self.chain = chain
    }

    /// The encrypted file. Key and certificate bags both carry the localKeyId that ties them together.
    ///
    /// - Parameters:
    ///   - password: printable ASCII, never empty: readers disagree about everything else.
    ///   - friendlyName: shown by Windows and macOS.
    ///   - iterations: of the key derivation; against a random password more of them bring nothing but waiting.
    /// - Throws: `PKIXError.unacceptable` for such a password, or when the key does not belong to the certificate.
    public func encrypted(
        password: Secret, encryption: Encryption = .aes256SHA256, friendlyName: String? = nil, iterations: Int = 2048
    ) throws -> [UInt8] {
        guard !password.isEmpty, password.withBytes({ $0.allSatisfy { (0x20...0x7E).contains($0) } }) else {
            throw PKIXError(.unacceptable, "a PKCS #12 password must be printable ASCII and not empty")
        }
        guard X509_check_private_key(certificate.pointer, key.pointer) == 1 else {
            throw PKIXError.fromQueue(.unacceptable, "the key does not belong to \(certificate)")
        }
        let authorities = try require(OPENSSL_sk_new_null())
        // The stack borrows its certificates.
        defer { OPENSSL_sk_free(authorities) }
        for authority in chain { try require(OPENSSL_sk_push(authorities, UnsafeRawPointer(authority.pointer))) }
        return try Self.withCString(password) { password in
            let algorithm = encryption.algorithm
            let file = try withExtendedLifetime(self) {
                // Both algorithms are named, because the defaults for key and certificates differ. MAC comes below.
                try require(
                    PKCS12_create(
                        password, friendlyName, key.pointer, certificate.pointer, authorities, algorithm, algorithm,
                        Int32(iterations), -1, 0), .library, "cannot make the PKCS #12 file")
            }
            defer { PKCS12_free(file) }
            try require(
                PKCS12_set_mac(file, password, -1, nil, 0, Int32(iterations), encryption.digest.evp), .library,
                "cannot make the PKCS #12 file")
            return try encodeDER { i2d_PKCS12(file, $0) }
        }
    }

    /// Opens a file with one key and its certificate.
    ///
    /// - Throws: `PKIXError.wrongPassword` when the MAC does not verify, `malformed` for another content.
    public static func open(_ bytes: [UInt8], password: Secret) throws -> PKCS12Bundle {
        ERR_clear_error()
        let file = try decodeDER(bytes, as: "PKCS #12 file", { d2i_PKCS12(nil, $0, $1) }, free: { PKCS12_free($0) })
        defer { PKCS12_free(file) }
        return try withCString(password) { password in
            guard PKCS12_mac_present(file) == 1 else {
                throw PKIXError(.malformed, "the PKCS #12 file has no MAC, so that nobody can tell a wrong password")
            }
            try require(
                PKCS12_verify_mac(file, password, -1), .wrongPassword,
                "the PKCS #12 file does not open with the password")
            var key: OpaquePointer?
            var certificate: OpaquePointer?
            var authorities: OpaquePointer?
            try require(
                PKCS12_parse(file, password, &key, &certificate, &authorities), .malformed,
                "the PKCS #12 file cannot be read")
            defer {
                X509_free(certificate)
                OPENSSL_sk_pop_free(authorities) { X509_free(OpaquePointer($0)) }
            }
            let owned = key.map { PrivateKey(taking: $0) }
            guard let owned, let certificate else {
                throw PKIXError(.malformed, "the PKCS #12 file holds no key with its certificate")
            }
            return PKCS12Bundle(
                key: owned, certificate: try Certificate(der: encodeDER { i2d_X509(certificate, $0) }),
                chain: try elements(authorities).map { authority in
                    try Certificate(der: encodeDER { i2d_X509(OpaquePointer(authority), $0) })
                })
        }
    }

    /// OpenSSL wants the password with a zero at the end; that copy is erased.
    private static func withCString<Result>(
        _ password: Secret, _ body: (UnsafePointer<CChar>) throws -> Result
    ) throws -> Result {
        let text = Secret(capacity: password.count + 1) { room in
            password.withBytes { room.copyMemory(from: $0) }
            return room.count
        }
        return try erasingStack {
            try text.withBytes { raw in
                // Never nil: there is at least the zero.
                try body(raw.baseAddress!.assumingMemoryBound(to: CChar.self))
            }
        }
    }
}

extension PKCS12Bundle.Encryption {
    fileprivate var algorithm: Int32 {
        switch self {
        case .aes256SHA256: NID_aes_256_cbc
        case .tripleDESSHA1: NID_pbe_WithSHA1And3_Key_TripleDES_CBC
        }
    }

    fileprivate var digest: DigestAlgorithm {
        switch self {
        case .aes256SHA256: .sha256
        case .tripleDESSHA1: .sha1
        }
    }
}
