// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph
import PKIX

/// How PFX files go to Intune: the connector's key and the form of the file.
public struct IntuneSettings: Sendable {
    /// Characters of a PFX password: about 195 bits, and short enough for the smallest key with the longest hash.
    public static let passwordLength = 32

    /// How files are encrypted unless configured otherwise: the only combination that no kind of device is reported to refuse
    /// (wire/intune-pfx §6). It is weak, and the password carries the strength.
    public static let usualEncryption = PKCS12Bundle.Encryption.tripleDESSHA1

    /// Public half of the key pair that every Intune certificate connector of the tenant holds.
    public let publicKey: PublicKey
    /// The key storage provider on the connector, byte for byte as there.
    public let providerName: String
    /// The key's name inside that provider.
    public let keyName: String
    public let paddingScheme: PaddingScheme
    /// How the file is encrypted where a delivery does not say otherwise.
    public let encryption: PKCS12Bundle.Encryption

    /// - Parameters:
    ///   - encryption: `aes256SHA256` only where every device is new enough: others report a wrong password.
    /// - Throws: `GraphError` of kind `configuration` (operator), all problems in one.
    public init(
        publicKey: PublicKey, providerName: String = "Microsoft Software Key Storage Provider", keyName: String,
        paddingScheme: PaddingScheme = .oaepSha512, encryption: PKCS12Bundle.Encryption = Self.usualEncryption
    ) throws {
        var problems: [String] = []
        if !publicKey.isRSA || publicKey.bits < 2048 {
            problems.append(
                "the connector's public key is \(publicKey.algorithmName), Intune needs RSA of 2048 bits or more: "
                    + "export the key made by Add-IntuneKspKey"
            )
        } else if publicKey.oaepCapacity(hash: paddingScheme.hash) < Self.passwordLength {
            problems.append(
                "a password of \(Self.passwordLength) characters does not fit \(paddingScheme.rawValue) with "
                    + "\(publicKey.algorithmName)"
            )
        }
        if providerName.isEmpty {
            problems.append("providerName is empty: give the key storage provider of the connector's key")
        }
        if keyName.isEmpty { problems.append("keyName is empty: give the name of the connector's key") }
        guard problems.isEmpty else { throw GraphError(.configuration, problems.joined(separator: "; ")) }
        self.publicKey = publicKey
        self.providerName = providerName
        self.keyName = keyName
        self.paddingScheme = paddingScheme
        self.encryption = encryption
    }

    /// Which connector key passwords are encrypted to, as a name that changes with it.
    public var connector: String {
        let text = "\(providerName)\n\(keyName)\n\(publicKey.pem)"
        return DigestAlgorithm.sha256.digest(Array(text.utf8)).prefix(16).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
