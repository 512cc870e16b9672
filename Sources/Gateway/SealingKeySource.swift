// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import KeyVault
import PKIX
import Secrets
import Settings

/// Where a node whose folder has no sealing key takes it from, when it begins to work: what `CERTWAY_SEALING_KEY` names. A machine that is
/// made anew each time, such as a container, has no folder that somebody could have copied the key to.
public enum SealingKeySource: Sendable, Hashable, CustomStringConvertible {
    case file(String)
    /// Base64 of the 32 bytes, for a vault holds text.
    case vault(VaultAddress)

    static let variable = "CERTWAY_SEALING_KEY"

    /// What the environment names; nil for nothing.
    ///
    /// - Throws: `SettingsError` for a text that is no such reference.
    public static func named(
        in environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SettingsError) -> Self? {
        guard let text = environment[variable], !text.isEmpty else { return nil }
        if let address = VaultAddress(reference: text, .secret) { return .vault(address) }
        guard let path = SecretReference(text)?.path else {
            throw SettingsError(
                "\(variable): found \"\(text.prefix(200))\", expected file:/path or keyvault:https://VAULT/secrets/NAME"
            )
        }
        return .file(path)
    }

    public var description: String {
        switch self {
        case .file(let path): path
        case .vault(let address): "\(address)"
        }
    }

    /// The key in what lies there: its bytes, or base64 of them.
    ///
    /// - Throws: `SettingsError` for anything else; what was found is not in it.
    func key(in content: Secret) throws(SettingsError) -> SealingKey {
        if let key = try? SealingKey(content) { return key }
        let decoded = content.withBytes { bytes in
            Data(base64Encoded: Data(bytes), options: .ignoreUnknownCharacters).map { Secret($0) }
        }
        guard let decoded, let key = try? SealingKey(decoded) else {
            throw SettingsError(
                "\(Self.variable): \(self) holds \(content.count) bytes, expected the 32 of a sealing.key, or base64 of them"
            )
        }
        return key
    }
}

extension Gateway {
    /// Brings the sealing key into a folder that has none. One that is there is never replaced.
    ///
    /// - Throws: `SettingsError` where what is named cannot be read, or is not the key that this database was made with; `GraphError`
    ///   of the vault.
    func bringSealingKey() async throws {
        guard !FileManager.default.fileExists(atPath: home.sealingKey), let source = try SealingKeySource.named() else {
            return
        }
        let key = try await sealingKey(at: source)
        // Another process may have been faster.
        _ = try key.bytes.withBytes { try CompleteFile(path: home.sealingKey).create($0) }
        logger.log(.notice, "the sealing key was taken from \(source)", fields: [])
    }

    /// The sealing key that lies elsewhere.
    ///
    /// - Throws: as `bringSealingKey`.
    public func sealingKey(at source: SealingKeySource) async throws -> SealingKey {
        let content =
            switch source {
            case .file(let path): try SettingsFile(path: path).secret()
            case .vault(let address): try await keyVaultClient().secret(at: address)
            }
        let key = try source.key(in: content)
        guard let expected = sealingKeyIdentifier, key.identifier != expected else { return key }
        throw SettingsError(
            "\(SealingKeySource.variable): the key at \(source) is another one than this database was made with: put the sealing.key of "
                + "the first node there")
    }
}
