// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import KeyVault

/// A person who can open archived keys, as the certificate the keys are encrypted to.
public struct KeyRecoveryAgentConfiguration: Sendable, Hashable {
    /// Where the agent's private key is that the gateway itself may use.
    public enum Key: Sendable, Hashable {
        /// PEM or PKCS #12.
        case secret(SecretReference)
        case vault(VaultAddress)

        /// - Returns: nil for any other text.
        init?(_ text: String) {
            if let address = VaultAddress(reference: text, .key) {
                self = .vault(address)
            } else if let reference = SecretReference(text) {
                self = .secret(reference)
            } else {
                return nil
            }
        }

        static let expectation =
            "expected a reference: keyvault:https://VAULT/keys/NAME/VERSION, file:/path or env:NAME"
    }

    public var name: String
    /// PEM file of the certificate; the private key stays with the agent.
    public var certificate: String
    /// nil: the gateway opens nothing by itself, and recovery is done where the agent's key is.
    public var key: Key?
    /// Of a key in a file.
    public var passphrase: SecretReference?
    /// What the file held when it was applied (`AppliedFiles`).
    public var appliedCertificate: String?
}
