// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Reads the key of a request in the one format that the policy names (wire/globalsign-atlas.md sections 4 and 5).
struct AtlasPublicKey {
    struct Problem: Error {
        let member: String
        let message: String
    }

    let policy: ValidationPolicy
    /// A rekey takes the bare public key as well.
    let isRekey: Bool

    func read(_ value: JSONValue?, signature: JSONValue?) throws(Problem) -> (
        key: PublicKey, csr: CertificateSigningRequest?
    ) {
        guard let pem = value?.string, !pem.isEmpty else {
            throw Problem(member: "public_key", message: "required")
        }
        let (key, csr) = try key(pem)
        let rule = policy.entry("public_key")
        let isAllowedType = rule?["key_type"]?.string == "RSA" ? key.isRSA : key.isEC
        guard isAllowedType, rule?["allowed_lengths"]?.array?.contains(JSONValue(key.bits)) == true else {
            throw Problem(member: "public_key", message: "\(key.algorithmName) does not match policy")
        }
        try check(signature, by: key)
        return (key, csr)
    }

    private func key(_ pem: String) throws(Problem) -> (PublicKey, CertificateSigningRequest?) {
        let isRequest = policy.entry("public_key", "key_format")?.string == "PKCS10"
        if !isRequest || isRekey, let key = try? PublicKey(pem: pem) { return (key, nil) }
        if isRequest, let csr = try? CertificateSigningRequest(pem: pem), (try? csr.verifySignature()) != nil,
            let key = try? csr.publicKey
        {
            return (key, csr)
        }
        let expected = isRequest ? "a PKCS #10 request signed by its own key" : "a public key"
        throw Problem(member: "public_key", message: "is not \(expected) in PEM")
    }

    /// Base64 of a signature with SHA-256 over the SubjectPublicKeyInfo; PKCS #1 v1.5 for RSA.
    private func check(_ value: JSONValue?, by key: PublicKey) throws(Problem) {
        let presence = policy.entry("public_key_signature")?.string ?? "FORBIDDEN"
        guard let text = value?.string, !text.isEmpty else {
            if presence == "REQUIRED" { throw Problem(member: "public_key_signature", message: "required by policy") }
            return
        }
        guard presence != "FORBIDDEN" else {
            throw Problem(member: "public_key_signature", message: "forbidden by policy")
        }
        guard let bytes = Data(base64Encoded: text),
            (try? key.verify(Array(bytes), of: key.der, digest: .sha256)) == true
        else { throw Problem(member: "public_key_signature", message: "does not verify") }
    }
}
