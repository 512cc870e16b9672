// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Delivery
import Foundation
import JSONDocuments
import KeyArchival
import PKIX
import Secrets

/// `certway-benchmark cryptography`: what a certificate needs of cryptography between key and Intune, each once, without
/// directory, ledger, network and CA.
enum CryptographyCommand {
    static let command = Command(
        "cryptography", "the bare cryptography of a certificate: key, request, archive, PKCS #12",
        options: [
            .choice("key", KeyType.allCases.map(\.rawValue), "key type", default: KeyType.p256.rawValue),
            .value("count", "N", "certificates", default: "300"),
        ]
    ) { invocation in
        let type = invocation.value("key").flatMap(KeyType.init) ?? .p256
        let count = try invocation.int("count", in: 1...10_000_000) ?? 1
        let work = try Work(type)
        for _ in 0..<5 { try work.run() }
        let time = ProcessorTime()
        for _ in 0..<count { try work.run() }
        let result: JSONValue = [
            "certificates": JSONValue(count), "seconds": .number(time.seconds), "cpuSeconds": .number(time.cpuSeconds),
        ]
        Terminal.print(json: result.text)
        return .done
    }

    private struct Work {
        let type: KeyType
        let agent: KeyRecoveryAgent
        let intuneKey: PublicKey
        let sealingKey = SealingKey.random()
        let root: Certificate
        let issuer: Certificate
        let leaf: Certificate

        init(_ type: KeyType) throws {
            self.type = type
            let rsa = try PrivateKey.generate(.rsa2048)
            intuneKey = try rsa.publicKey
            agent = KeyRecoveryAgent(
                name: "agent", certificate: try Self.builder(.smimeEncryption, "Agent", rsa).selfSigned(key: rsa))
            let (rootKey, issuerKey) = (try PrivateKey.generate(.p256), try PrivateKey.generate(.p256))
            root = try Self.builder(.rootAuthority, "Root", rootKey).selfSigned(key: rootKey)
            issuer = try Self.builder(.issuingAuthority, "Issuer", issuerKey).signed(by: root, key: rootKey)
            leaf = try Self.builder(.smime, "Ada Lovelace", try PrivateKey.generate(type)).signed(
                by: issuer, key: issuerKey)
        }

        private static func builder(_ profile: CertificateProfile, _ name: String, _ key: PrivateKey) throws
            -> CertificateBuilder
        {
            CertificateBuilder(
                profile: profile, subject: [("CN", name)], publicKey: try key.publicKey,
                alternativeNames: [.rfc822Name("ada@sandbox.example")], notBefore: Date() - 3600,
                notAfter: Date() + 86_400)
        }

        func run() throws {
            let key = try PrivateKey.generate(type)
            _ = try CertificateSigningRequest.make(
                subject: [("CN", "Ada Lovelace")], alternativeNames: [.rfc822Name("ada@sandbox.example")], key: key)
            let sealed = try sealingKey.seal(try key.pkcs8, context: "order")
            let (leaf, issuer) = (try Certificate(der: leaf.der), try Certificate(der: issuer.der))
            try CertificateChain([leaf, issuer]).verify(trustAnchors: [root], at: Date())
            let opened = try PrivateKey(pkcs8: try sealingKey.open(sealed, context: "order"))
            _ = try KeyArchive.archive(privateKey: opened, recipients: [agent])
            // The CA is left out, so the file carries a certificate of this key that nobody has signed but the key.
            let own = try Self.builder(.smime, "Ada Lovelace", opened).selfSigned(key: opened)
            let password = SecureRandom.password(length: 32)
            _ = try PKCS12Bundle(key: opened, certificate: own, chain: [issuer]).encrypted(password: password)
            _ = try intuneKey.encryptOAEP(password, hash: .sha512)
        }
    }
}
