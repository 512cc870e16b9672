// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Secrets
import Synchronization

/// What lies in the vault, and the switches of the control API.
final class VaultStore: Sendable {
    struct Content: Sendable {
        /// Versions of each name in lower case, oldest first.
        var keys: [String: [VaultKey]] = [:]
        var secrets: [String: [VaultSecret]] = [:]
        /// What the caller's role allows.
        var permissions: Set<String> = VaultStore.allPermissions
        var challenge = VaultChallenge.plain
        /// A vault that lets nobody in but from a private address says so.
        var isBehindFirewall = false
    }

    static let allPermissions: Set<String> = [
        "keys/get", "keys/create", "keys/encrypt", "keys/decrypt", "keys/wrapKey", "keys/unwrapKey", "secrets/get",
        "secrets/set", "certificates/get",
    ]

    private let guarded = Mutex(Content())
    let clock: SandboxClock

    init(clock: SandboxClock) { self.clock = clock }

    var content: Content { guarded.withLock { $0 } }
    func change(_ body: (inout Content) -> Void) { guarded.withLock { body(&$0) } }

    /// Makes a secret its name's newest version.
    func add(_ secret: VaultSecret) {
        change { $0.secrets[secret.name.lowercased(), default: []].append(secret) }
    }

    /// Makes a key, or takes one over as its name's newest version, with a certificate of its own for a key recovery agent.
    @discardableResult
    func add(
        _ name: String, type: String = "RSA-HSM", bits: KeyType = .rsa3072, pem: String? = nil,
        operations: [String]? = nil
    ) throws -> VaultKey {
        let key = try pem.map { try PrivateKey(pem: Secret($0)) } ?? PrivateKey.generate(bits)
        guard try key.publicKey.isRSA else { throw VaultError.badParameter("only RSA keys are kept here") }
        let now = clock.now
        var made = VaultKey(
            name: name, version: Self.version(), type: type, key: key,
            operations: operations ?? VaultKey.allOperations, created: now)
        var builder = CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", name)], publicKey: try key.publicKey,
            notBefore: now.addingTimeInterval(-3600), notAfter: now.addingTimeInterval(730 * 86_400))
        builder.extendedKeyUsage = []
        made.certificate = try builder.selfSigned(key: key)
        let stored = made
        change { $0.keys[name.lowercased(), default: []].append(stored) }
        return made
    }

    /// A key's version; the newest one without.
    func key(_ name: String, _ version: String?) throws(Reply) -> VaultKey {
        let versions = content.keys[name.lowercased()] ?? []
        let found = version.map { wanted in versions.first { $0.version == wanted.lowercased() } } ?? versions.last
        guard let found else { throw VaultError.notFound(.key, version.map { "\(name)/\($0)" } ?? name) }
        return found
    }

    static func version() -> String { GUID.random().filter { $0 != "-" } }
}
