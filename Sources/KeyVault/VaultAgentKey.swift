// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import KeyArchival
public import PKIX
public import Secrets

/// A key recovery agent's key in a vault.
public struct VaultAgentKey: ContentKeyService {
    private let client: KeyVaultClient
    private let key: VaultAddress

    public init(_ client: KeyVaultClient, _ key: VaultAddress) { (self.client, self.key) = (client, key) }

    public var label: String { "\(key)" }

    public func unwrap(_ wrapped: WrappedContentKey) async throws -> Secret {
        try await client.unwrap(wrapped.encryptedKey, algorithm: wrapped.algorithm.rawValue, with: key)
    }
}
