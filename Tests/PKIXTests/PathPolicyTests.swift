// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Secrets
import TestSupport
import Testing

/// What every certificate of a path has to be.
@Suite struct PathPolicyTests {
    private let authority: PathCA
    private let issuing: PathCA
    private let root: Certificate

    init() throws {
        (authority, issuing) = (try PathCA("Root"), try PathCA("Issuing"))
        root = try authority.root()
    }

    /// nil when there is a valid path.
    private func refusal(
        _ leaf: Certificate, _ certificates: [Certificate], _ purposes: Set<KeyPurpose> = [], root: Certificate? = nil
    ) -> String? {
        let policy = PathCA.policy([root ?? self.root], purposes)
        do {
            try PathValidator(policy).path(for: leaf, among: certificates)
            return nil
        } catch { return "\(error)" }
    }

    @Test func aPurposeIsAskedOfTheWholePath() throws {
        let leaf = { (issuer: Certificate) in
            try issuing.leaf(issuer) { $0.extendedKeyUsage = [.cmcCA, .emailProtection] }
        }
        let open = try issuing.certified(by: authority, root)
        let mail = try issuing.certified(by: authority, root) { $0.extendedKeyUsage = [.emailProtection] }
        let any = try issuing.certified(by: authority, root) { $0.extendedKeyUsage = [.any] }
        #expect(refusal(try leaf(open), [open], [.cmcCA]) == nil)
        #expect(refusal(try leaf(any), [any], [.cmcCA]) == nil)
        #expect(refusal(try leaf(mail), [mail], [.emailProtection]) == nil)
        let found = refusal(try leaf(mail), [mail], [.cmcCA])
        #expect(found?.contains("CN=Issuing is not for the purpose \(KeyPurpose.cmcCA.name)") == true, "\(found ?? "")")
        #expect(refusal(try leaf(mail), [mail], [.emailProtection, .cmcCA]) != nil)
        // With a way around it, it does not matter.
        #expect(refusal(try leaf(mail), [mail, open], [.cmcCA]) == nil)
        // A root is accepted for what it is accepted for, an issuing CA is held to what it was certified for.
        let narrow = try authority.root { $0.extendedKeyUsage = [.emailProtection] }
        #expect(refusal(try leaf(open), [open], [.cmcCA], root: narrow) == nil)
        #expect(refusal(try leaf(mail), [], [.cmcCA], root: mail) != nil)
        #expect(refusal(try leaf(mail), [], [.emailProtection], root: mail) == nil)
    }

    /// The signer names the purpose, and its CA is certified for mail only.
    @Test func aCAForMailSignsNoAnswers() throws {
        let signer = try PrivateKey.generate(.p256)
        for (usage, isAccepted) in [([KeyPurpose.emailProtection], false), ([], true), ([.cmcCA], true)] {
            let issuer = try issuing.certified(by: authority, root) { $0.extendedKeyUsage = usage }
            let certificate = try issuing.leaf(issuer, key: signer) { $0.extendedKeyUsage = [.cmcCA] }
            let message = try SignedMessage(
                SignedMessage.sign(
                    [1, 2, 3], contentType: "1.3.6.1.5.5.7.12.3", certificate: certificate, key: signer,
                    certificates: [issuer]))
            let signers = try? message.verify(trustAnchors: [root], at: PathCA.now, purpose: .cmcCA)
            #expect((signers != nil) == isAccepted, "\(usage)")
        }
    }

    /// Keys that nobody would make today, as the leaf's, as a CA's, and as the root's.
    @Test(arguments: [
        ["RSA", "rsa_keygen_bits:1024"], ["RSA", "rsa_keygen_bits:512"], ["EC", "ec_paramgen_curve:secp256k1"],
        ["EC", "ec_paramgen_curve:prime192v1"],
    ])
    func aWeakKeyIsInNoPath(_ kind: [String]) async throws {
        let pem = try await Tool.openssl("genpkey", "-algorithm", kind[0], "-pkeyopt", kind[1])
        let weak = try PathCA("Weak", key: PrivateKey(pem: Secret(pem)))
        let leafKey = weak.key
        #expect(refusal(try authority.leaf(root, key: leafKey), [])?.contains("key that is not accepted") == true)
        let issuer = try weak.certified(by: authority, root)
        #expect(refusal(try weak.leaf(issuer), [issuer])?.contains("CN=Weak has a key") == true)
        let anchor = try weak.root()
        #expect(refusal(try weak.leaf(anchor), [], root: anchor)?.contains("CN=Weak has a key") == true)
        // Nor does it sign messages, even where somebody has pinned it.
        guard kind[1] != "rsa_keygen_bits:512" else { return }
        let message = try SignedMessage(
            SignedMessage.sign([1], contentType: "1.3.6.1.5.5.7.12.3", certificate: anchor, key: weak.key))
        #expect(throws: PKIXError(.untrusted, "")) { try message.verify(pinned: [anchor], at: PathCA.now) }
    }

    /// Signatures that can be made for another certificate as well; under a root's own nobody looks.
    @Test(arguments: ["md5", "sha1", "sha224"]) func aWeakSignatureIsInNoPath(_ digest: String) async throws {
        let folder = try TemporaryDirectory()
        let (rootKey, key) = (folder.path + "/root.key", folder.path + "/ca.key")
        for file in [rootKey, key] {
            _ = try await Tool.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", file)
        }
        let (rootFile, file, request) = (folder.path + "/root.pem", folder.path + "/ca.pem", folder.path + "/ca.csr")
        _ = try await Tool.openssl(
            "req", "-x509", "-\(digest)", "-key", rootKey, "-subj", "/CN=Old Root", "-days", "3650", "-out", rootFile)
        _ = try await Tool.openssl("req", "-new", "-key", key, "-subj", "/CN=Old CA", "-out", request)
        let extensions = try folder.write("[ca]\nbasicConstraints=critical,CA:TRUE\n", "extensions")
        for (made, isAccepted) in [(digest, false), ("sha256", true)] {
            _ = try await Tool.openssl(
                "x509", "-req", "-\(made)", "-in", request, "-CA", rootFile, "-CAkey", rootKey, "-days", "3650",
                "-extfile", extensions, "-extensions", "ca", "-out", file)
            let old = try Certificate(pem: String(contentsOfFile: rootFile, encoding: .utf8))
            let issuer = try Certificate(pem: String(contentsOfFile: file, encoding: .utf8))
            let ca = try PathCA("Old CA", key: PrivateKey(pem: Secret(String(contentsOfFile: key, encoding: .utf8))))
            let leaf = try ca.leaf(issuer) {
                ($0.notBefore, $0.notAfter) = (issuer.notBefore, issuer.notAfter)
            }
            let policy = PathPolicy(trustAnchors: [old], at: issuer.notBefore + 60)
            let found = Result { try PathValidator(policy).path(for: leaf, among: [issuer]) }
            #expect((try? found.get()) == (isAccepted ? [leaf, issuer, old] : nil), "\(made): \(found)")
            if !isAccepted {
                let text = "\(found)"
                #expect(text.contains("CN=Old CA is signed with"), "\(text)")
            }
        }
    }

    /// Lists speak only in force, by who may sign them, and when all that is critical in them is understood.
    @Test func onlyAListInForceProvesARevocation() throws {
        let issuer = try issuing.certified(by: authority, root)
        let mute = try issuing.certified(by: authority, root) { $0.keyUsage = [.keyCertSign] }
        let leaf = try issuing.leaf(issuer)
        let other = try issuing.leaf(issuer)
        func list(_ from: TimeInterval, _ to: TimeInterval, by signer: PathCA, _ certificate: Certificate) throws
            -> CertificateRevocationList
        {
            try .make(
                issuer: certificate, key: signer.key, number: 1, thisUpdate: PathCA.now + from,
                nextUpdate: PathCA.now + to,
                entries: [.init(serialNumber: leaf.serialNumber, revocationDate: PathCA.now - 7200)])
        }
        func verdict(_ leaf: Certificate, _ list: CertificateRevocationList, _ issuer: Certificate) -> PKIXError.Code? {
            var policy = PathCA.policy([issuer])
            policy.revocation = .leaf([list])
            do {
                try PathValidator(policy).path(for: leaf, among: [])
                return nil
            } catch { return (error as? PKIXError)?.code }
        }
        let current = try list(-3600, 3600, by: issuing, issuer)
        #expect(verdict(leaf, current, issuer) == .revoked)
        #expect(verdict(other, current, issuer) == nil)
        // In doubt neither revoked nor good.
        let stranger = try PathCA("Issuing")
        for doubtful in [
            try list(-7200, -3600, by: issuing, issuer), try list(3600, 7200, by: issuing, issuer),
            try list(-3600, 3600, by: stranger, stranger.root()),
        ] {
            #expect(verdict(leaf, doubtful, issuer) == .untrusted)
            #expect(verdict(other, doubtful, issuer) == .untrusted)
        }
        #expect(verdict(leaf, current, mute) == .untrusted)
        #expect(throws: PKIXError(.signatureMismatch, "")) { try current.verifySignature(by: mute) }
        #expect(throws: PKIXError(.signatureMismatch, "")) { try list(-3600, 3600, by: issuing, mute) }
    }

    /// A certificate that another one has signed is revoked by no list, since it is not known to be the one on it.
    @Test func aListSaysNothingOfAForgery() throws {
        let issuer = try issuing.certified(by: authority, root)
        var forged = try issuing.leaf(issuer).der
        forged[forged.count - 1] ^= 1
        let leaf = try Certificate(der: forged)
        let list = try CertificateRevocationList.make(
            issuer: issuer, key: issuing.key, number: 1, thisUpdate: PathCA.now - 60, nextUpdate: PathCA.now + 60,
            entries: [.init(serialNumber: leaf.serialNumber, revocationDate: PathCA.now - 60)])
        var policy = PathCA.policy([issuer])
        policy.revocation = .leaf([list])
        #expect(throws: PKIXError(.untrusted, "")) { try PathValidator(policy).path(for: leaf, among: []) }
    }

    /// Two certificates in the message name the signer's key; only one fits, wherever it stands.
    @Test func ofTwoWithOneIdentifierTheSignerIsWhoSigned() throws {
        let signer = try PrivateKey.generate(.p256)
        let certificate = try authority.leaf(root, key: signer) { $0.extendedKeyUsage = [.cmcCA] }
        let twin = try authority.leaf(root) { $0.serialNumber = certificate.serialNumber }
        let message = try SignedMessage(
            SignedMessage.sign(
                [1, 2, 3], contentType: "1.3.6.1.5.5.7.12.3", certificate: certificate, key: signer,
                certificates: [twin]))
        for pinned in [[], [twin], [twin, certificate]] {
            let found = try message.verify(pinned: pinned, trustAnchors: [root], at: PathCA.now, purpose: .cmcCA)
            #expect(found == [certificate])
        }
        // Who borrows the names of one that is pinned is not pinned.
        #expect(throws: PKIXError(.untrusted, "")) { try message.verify(pinned: [twin], at: PathCA.now) }
    }
}
