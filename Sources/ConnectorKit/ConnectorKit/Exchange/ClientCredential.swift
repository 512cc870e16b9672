// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
public import HTTPTransport
public import PKIX
public import Secrets

/// The certificate and key by which Certway itself is known to a CA: TLS client, registration authority that signs
/// messages, or enrollment agent.
public struct ClientCredential: Sendable {
    public let key: PrivateKey
    /// The key's certificate first, then what the file holds above it.
    public let certificateChain: [Certificate]

    public var certificate: Certificate { certificateChain[0] }

    /// Reads a secret of the settings, usually `file:` something.
    ///
    /// - Parameters:
    ///   - secret: a PKCS #12 file, as it is or as a variable can hold it, in Base64; or PEM text with the certificate, its chain
    ///     and the private key in any order.
    ///   - password: of the PKCS #12 file or of the encrypted key.
    /// - Throws: `PKIXError` that says what is missing or does not open; for the operator.
    public init(_ secret: Secret, password: Secret? = nil) throws {
        if let bundle = Self.bundle(secret) {
            let bundle = try PKCS12Bundle.open(bundle, password: password ?? Secret(""))
            (key, certificateChain) = (bundle.key, [bundle.certificate] + bundle.chain)
            return
        }
        guard secret.withBytes({ $0.first }) != UInt8(ascii: "/") else {
            throw PKIXError(.unacceptable, "it is the path of a file: give the setting as file: with that path")
        }
        let key = try PrivateKey(pem: secret, passphrase: password)
        let chain = CertificateChain.order(
            try Certificate.all(pem: secret), leafKey: try key.publicKey)
        guard !chain.isEmpty else {
            throw PKIXError(.unacceptable, "no certificate in the file belongs to its private key")
        }
        (self.key, certificateChain) = (key, chain)
    }

    /// The PKCS #12 file that a secret is; nil for text of another kind. It is encrypted by its password, so that a copy shows
    /// nothing.
    private static func bundle(_ secret: Secret) -> [UInt8]? {
        secret.withBytes { bytes in
            if bytes.first == 0x30 { return Array(bytes) }
            // A DER sequence in Base64 begins with M; PEM with a hyphen, or words above it.
            guard bytes.first == UInt8(ascii: "M"), !bytes.contains(UInt8(ascii: "-")),
                let der = Data(base64Encoded: Data(bytes), options: .ignoreUnknownCharacters), der.first == 0x30
            else { return nil }
            return Array(der)
        }
    }

    /// For a connection on which the CA asks for the certificate. Make it once: connections are shared by it.
    public func tlsOptions() throws -> TLSOptions {
        TLSOptions(
            certificateChainPEM: certificateChain.map(\.pem).joined(), privateKeyPEM: try key.pem())
    }
}
