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
    public func problems(of issued: IssuedCertificate, for request: CertificateRequest) -> [IssuedCertificateProblem] {
        guard let leaf = issued.certificateChain.first else {
            return [IssuedCertificateProblem("the CA's answer holds no certificate")]
        }
        var problems: [String] = []
        if (try? leaf.publicKey == request.csr.publicKey) != true {
            problems.append("the certificate is for another public key")
        }
        if leaf.isCA { problems.append("the certificate is a CA certificate") }
        problems += nameProblems(leaf, request.names)
        problems += purposeProblems(leaf, request.purpose)
        problems += validityProblems(leaf, request.validityDays)
        var found = problems.map { IssuedCertificateProblem($0) }
        do {
            // Whether the leaf is valid now is said above; here its path counts, also while our clock is a little behind.
            let moment = min(max(now, leaf.notBefore), leaf.notAfter - 1)
            try CertificateChain(issued.certificateChain).verify(trustAnchors: acceptedRoots, at: moment)
        } catch {
            found.append(IssuedCertificateProblem("the chain does not lead to an accepted root: \(error)", .path))
        }
        return found
    }

    /// What is missing, and what says more about the subscriber than was asked: an address or a logon name of somebody
    /// else makes the certificate a tool for impersonation.
    private func nameProblems(_ leaf: Certificate, _ names: RequestedNames) -> [String] {
        let subjectAddresses = leaf.subject.attributes.filter { $0.type == "emailAddress" }.map(\.value)
        var problems = differences("address", asked: names.emails, found: leaf.emailAddresses)
        problems += extras("address", asked: names.emails + leaf.emailAddresses, found: subjectAddresses)
        problems += differences(
            "user principal name", asked: [names.userPrincipalName].compactMap(\.self), found: leaf.userPrincipalNames)
        problems += differences(
            "security identifier", asked: [names.securityIdentifier].compactMap(\.self),
            found: leaf.securityIdentifiers)
        let hosts = leaf.subjectAlternativeNames.compactMap { name -> String? in
            switch name {
            case .dNSName(let host): host
            case .iPAddress(let bytes): bytes.map { "\($0)" }.joined(separator: ".")
            default: nil
            }
        }
        return problems + extras("host name", asked: [], found: hosts)
    }

    private func differences(_ kind: String, asked: [String], found: [String]) -> [String] {
        extras(kind, asked: found, found: asked, "is missing") + extras(kind, asked: asked, found: found)
    }

    /// Those of `found` that `asked` lacks; no CA keeps the case of addresses.
    private func extras(
        _ kind: String, asked: [String], found: [String], _ what: String = "was not asked for"
    ) -> [String] {
        let known = Set(asked.map { $0.lowercased() })
        return Set(found).filter { !known.contains($0.lowercased()) }.sorted().map { "\(kind) \($0) \(what)" }
    }

    /// RFC 5280 §4.2.1.3 and §4.2.1.12; encryption means key encipherment for an RSA key and key agreement for a curve
    /// (RFC 8551, RFC 8813). A key that is only to sign is not archived, so nobody may be able to encrypt for it.
    private func purposeProblems(_ leaf: Certificate, _ purpose: CertificatePurpose) -> [String] {
        let extended = leaf.extendedKeyUsage
        let isLogon = purpose == .clientAuthentication
        var problems: [String] = []
        if !extended.isEmpty, !extended.contains(isLogon ? .clientAuthentication : .emailProtection),
            !extended.contains(.any)
        {
            problems.append("extended key usage lacks \(isLogon ? "clientAuth" : "emailProtection")")
        }
        guard let usage = leaf.keyUsage else { return problems }
        let encryption: KeyUsage = (try? leaf.publicKey)?.isRSA == true ? .keyEncipherment : .keyAgreement
        if purpose != .smimeEncryption,
            usage.isDisjoint(with: isLogon ? .digitalSignature : [.digitalSignature, .nonRepudiation])
        {
            problems.append("key usage does not allow signing")
        }
        if purpose.isArchivable, !usage.contains(encryption) {
            problems.append("key usage does not allow encryption")
        }
        if purpose == .smimeSigning, usage.contains(encryption) {
            problems.append("key usage allows encryption, asked for signing only")
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
