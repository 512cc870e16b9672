// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import PKIX

/// Compares a certificate that came back with what was asked for; any CA may change what it likes.
///
/// Only a certificate without problems counts as issued. Used by the host for every certificate and by the conformance
/// kit for every CA.
public struct IssuedCertificateCheck: Sendable {
    private let acceptedRoots: [Certificate]
    private let now: Date

    /// - Parameter acceptedRoots: roots the chain must end at.
    public init(acceptedRoots: [Certificate], now: Date) {
        self.acceptedRoots = acceptedRoots
        self.now = now
    }

    /// - Returns: one sentence per difference; empty when the certificate is what was asked for.
    public func problems(of issued: IssuedCertificate, for request: CertificateRequest) -> [String] {
        guard let leaf = issued.certificateChain.first else { return ["the CA's answer holds no certificate"] }
        var problems: [String] = []
        if (try? leaf.publicKey == request.csr.publicKey) != true {
            problems.append("the certificate is for another public key")
        }
        if leaf.isCA { problems.append("the certificate is a CA certificate") }
        problems += nameProblems(leaf, request.names)
        problems += purposeProblems(leaf, request.purpose)
        problems += validityProblems(leaf, request.validityDays)
        do {
            try CertificateChain(issued.certificateChain).verify(trustAnchors: acceptedRoots, at: now)
        } catch {
            problems.append("the chain does not lead to an accepted root: \(error)")
        }
        return problems
    }

    private func nameProblems(_ leaf: Certificate, _ names: RequestedNames) -> [String] {
        var problems: [String] = []
        let asked = Set(names.emails.map { $0.lowercased() })
        let found = Set(leaf.emailAddresses.map { $0.lowercased() })
        for missing in asked.subtracting(found).sorted() { problems.append("address \(missing) is missing") }
        for extra in found.subtracting(asked).sorted() { problems.append("address \(extra) was not asked for") }
        if let name = names.userPrincipalName,
            !leaf.userPrincipalNames.contains(where: { $0.lowercased() == name.lowercased() })
        {
            problems.append("user principal name \(name) is missing")
        }
        if let identifier = names.securityIdentifier, leaf.securityIdentifier != identifier {
            problems.append("security identifier \(identifier) is missing")
        }
        return problems
    }

    /// RFC 5280 §4.2.1.3 and §4.2.1.12; key agreement is what encryption means for an EC key.
    private func purposeProblems(_ leaf: Certificate, _ purpose: CertificatePurpose) -> [String] {
        let extended = leaf.extendedKeyUsage
        let needed: KeyPurpose = purpose == .clientAuthentication ? .clientAuthentication : .emailProtection
        var problems: [String] = []
        if !extended.isEmpty, !extended.contains(needed), !extended.contains(.any) {
            problems.append(
                "extended key usage lacks \(purpose == .clientAuthentication ? "clientAuth" : "emailProtection")")
        }
        guard let usage = leaf.keyUsage else { return problems }
        if purpose != .smimeEncryption, usage.isDisjoint(with: [.digitalSignature, .nonRepudiation]) {
            problems.append("key usage does not allow signing")
        }
        if purpose.isArchivable, usage.isDisjoint(with: [.keyEncipherment, .keyAgreement]) {
            problems.append("key usage does not allow encryption")
        }
        return problems
    }

    /// A CA may give less than asked, for instance to end with its contract, but not a tenth less and not the past.
    private func validityProblems(_ leaf: Certificate, _ days: Int?) -> [String] {
        let clockSkew: TimeInterval = 300
        if leaf.notBefore > now + clockSkew {
            return ["the certificate is not valid before \(leaf.notBefore.ISO8601Format())"]
        }
        if leaf.notAfter <= now { return ["the certificate has expired on \(leaf.notAfter.ISO8601Format())"] }
        guard let days else { return [] }
        let given = leaf.notAfter.timeIntervalSince(leaf.notBefore) / 86_400
        return given < Double(days) * 0.9
            ? ["valid for \(Int(given)) days, asked for \(days)"] : []
    }
}
