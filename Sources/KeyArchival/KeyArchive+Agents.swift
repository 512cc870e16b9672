// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX
import Secrets
import Synchronization

extension KeyArchive {
    /// Opens an archived key in an agent's name, wherever the agent's key lies.
    ///
    /// - Throws: as `recover`, and what the service throws.
    public static func recover(
        cms: [UInt8], certificate: Certificate, agent: AgentKey, subscriber: Certificate? = nil
    ) async throws -> PrivateKey {
        let (cms, key) = try await here(cms, certificate, agent)
        return try recover(cms: cms, certificate: certificate, key: key, subscriber: subscriber)
    }

    /// The same archived key for other agents. The private key in it stays encrypted: the content key alone is opened.
    ///
    /// - Returns: the record that takes the place of the old one; nobody but `recipients` opens it.
    /// - Throws: as `recover`; nothing has changed then.
    public static func rewrap(
        cms: [UInt8], certificate: Certificate, agent: AgentKey, to recipients: [Certificate]
    ) async throws -> [UInt8] {
        let (opened, key) = try await here(cms, certificate, agent)
        // A wrong key does not show by itself: OpenSSL goes on with a content key of its own making where a recipient's certificate is
        // named (against guessing by its answers), and what is made of that nobody opens. So each is held to the content before it is put
        // in the place of a record that does open.
        try CMSEnvelope.verify(opened, certificate: certificate, key: key)
        let made = try CMSEnvelope.rewrap(opened, certificate: certificate, key: key, to: recipients)
        guard try CMSEnvelope.recipients(of: made) == Set(recipients.map(IssuerAndSerialNumber.init)) else {
            throw PKIXError(.library, "the new record is not for those that were named")
        }
        return made
    }

    /// The record and a key of this process that opens it as the agent.
    private static func here(
        _ cms: [UInt8], _ certificate: Certificate, _ agent: AgentKey
    ) async throws -> ([UInt8], PrivateKey) {
        switch agent {
        case .file(let key): return (cms, key)
        case .service(let service):
            let wrapped = try WrappedContentKey(in: cms, for: certificate)
            let standIn = try standIns.key(like: try certificate.publicKey)
            return (
                try wrapped.replaced(in: cms, with: try await service.unwrap(wrapped), for: try standIn.publicKey),
                standIn
            )
        }
    }

    private static let standIns = StandIns()

    /// Keys of this process, one for each size; they protect a content key between two calls and are never written.
    private final class StandIns: Sendable {
        private let keys = Mutex<[KeyType: PrivateKey]>([:])

        func key(like publicKey: PublicKey) throws -> PrivateKey {
            guard publicKey.isRSA, let type = publicKey.keyType else {
                throw PKIXError(
                    .unacceptable,
                    "the agent's key has \(publicKey.bits) bits \(publicKey.algorithmName); RSA of 2048, 3072 or 4096 bits is "
                        + "expected of a key in a vault")
            }
            return try keys.withLock { keys in
                if let key = keys[type] { return key }
                let key = try PrivateKey.generate(type)
                keys[type] = key
                return key
            }
        }
    }
}
