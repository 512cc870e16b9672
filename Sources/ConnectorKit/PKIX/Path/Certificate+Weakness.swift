// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

extension Certificate {
    /// MD5 and SHA-1 let others make a second certificate under the same signature (RFC 6151, SHAttered).
    private static let digests: Set<Int32> = [NID_sha256, NID_sha384, NID_sha512]

    /// Why its key, or the signature under it, proves nothing today, as a sentence about it; nil when both do.
    ///
    /// - Parameter isAnchor: whether it is trusted by itself, so that nobody's signature counts.
    func weakness(isAnchor: Bool) -> String? {
        guard let key = try? publicKey else { return "has a public key that cannot be read" }
        if let unfitness = key.unfitnessForSignatures { return "has a key that is not accepted: \(unfitness)" }
        return isAnchor ? nil : weaknessOfSignature
    }

    private var weaknessOfSignature: String? {
        defer { ERR_clear_error() }
        let algorithm = X509_get_signature_nid(pointer)
        if [NID_ED25519, NID_ED448].contains(algorithm) { return nil }
        var digest: Int32 = 0
        let known = X509_get_signature_info(pointer, &digest, nil, nil, nil) == 1
        guard known, Self.digests.contains(digest) else {
            let name = OBJ_nid2ln(algorithm).map { String(cString: $0) } ?? "an unknown algorithm"
            return "is signed with \(name), expected SHA-256, SHA-384, SHA-512 or an Edwards curve"
        }
        return nil
    }
}
