// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import PKIX

/// Compares what the key of a certificate may be used for with the purpose that was asked for: by list for each purpose.
struct UsageComparison {
    let purpose: CertificatePurpose
    let accepted: AcceptedDifferences

    func problems(_ leaf: Certificate) -> [String] { extendedProblems(leaf) + keyUsageProblems(leaf) }

    /// RFC 5280 §4.2.1.12. Windows looks at its application policies instead where a certificate has them.
    private func extendedProblems(_ leaf: Certificate) -> [String] {
        let allowed = accepted.extendedKeyUsages.union([purpose.extendedKeyUsage])
        let found = leaf.extendedKeyUsage
        var problems: [String] = []
        if found.isEmpty {
            problems.append("the certificate has no extended key usage, which allows every purpose")
        } else if !found.contains(purpose.extendedKeyUsage) {
            problems.append("extended key usage lacks \(purpose.extendedKeyUsage.name)")
        }
        func extras(_ kind: String, _ purposes: [KeyPurpose]) -> [String] {
            Set(purposes).subtracting(allowed).map(\.name).sorted().map {
                "\(kind) \($0) was not asked for; a template that wants it names it in accept.extendedKeyUsages"
            }
        }
        return problems + extras("extended key usage", found) + extras("application policy", leaf.applicationPolicies)
    }

    /// RFC 5280 §4.2.1.3; encryption means key encipherment for an RSA key and key agreement for a curve (RFC 8551, RFC 8813).
    /// A key that is only to sign is not archived, so nobody may be able to encrypt for it; one that is archived for
    /// decryption must not sign, because its copy would sign in the subscriber's name.
    private func keyUsageProblems(_ leaf: Certificate) -> [String] {
        guard let usage = leaf.keyUsage else {
            return ["the certificate has no key usage, which allows every use of the key"]
        }
        let isRSA = (try? leaf.publicKey)?.isRSA == true
        let encryption: KeyUsage = isRSA ? .keyEncipherment : .keyAgreement
        let encrypting: KeyUsage =
            isRSA ? [.keyEncipherment, .dataEncipherment] : [.keyAgreement, .encipherOnly, .decipherOnly]
        let signing: KeyUsage = [.digitalSignature, .nonRepudiation]
        let isTLS = purpose == .clientAuthentication || purpose == .serverAuthentication
        var problems: [String] = []
        if purpose != .smimeEncryption, usage.isDisjoint(with: isTLS ? .digitalSignature : signing) {
            problems.append("key usage does not allow signing")
        }
        if purpose.isArchivable, !usage.contains(encryption) { problems.append("key usage does not allow encryption") }
        if purpose == .smimeSigning, !usage.isDisjoint(with: encrypting) {
            problems.append("key usage allows encryption, asked for signing only")
        }
        if purpose == .smimeEncryption, !usage.isDisjoint(with: signing) {
            problems.append("key usage allows signing, asked for encryption only")
        }
        // TLS clients and servers with an RSA key are often given key encipherment as well; it is little use to them.
        let listed = signing.union(encrypting).union(isTLS ? [.keyEncipherment, .keyAgreement] : [])
        let extras = usage.subtracting(listed)
        if !extras.isEmpty { problems.append("key usage \(extras) was not asked for") }
        return problems
    }
}
