// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import PKIX

/// Compares a certificate that came back with what was asked for; any CA may change what it likes.
///
/// What it may say is listed, for each purpose (wire/smime-rules §1): a kind of name or usage that nobody has thought of is one
/// nobody asked for. Only a certificate without problems counts as issued. Used by the host for every certificate and by the conformance
/// kit for every CA.
public struct IssuedCertificateCheck: Sendable {
    private let acceptedRoots: [Certificate]
    private let now: Date

    /// - Parameter acceptedRoots: roots the chain must end at.
    public init(acceptedRoots: [Certificate], now: Date) {
        self.acceptedRoots = acceptedRoots
        self.now = now
    }

    /// - Parameters:
    ///   - accepted: what the template of the order accepts beyond what it asks for.
    ///   - product: what the profile knows of the product; nil where it does not know it.
    /// - Returns: one sentence per difference; empty when the certificate is what was asked for. Those of kind `remark` are
    ///   accepted, all others speak against the certificate.
    public func problems(
        of issued: IssuedCertificate, for request: CertificateRequest,
        accepting accepted: AcceptedDifferences = AcceptedDifferences(), product: ProductFacts? = nil
    ) -> [IssuedCertificateProblem] {
        guard let leaf = issued.certificateChain.first else {
            return [IssuedCertificateProblem("the CA's answer holds no certificate")]
        }
        let accepted = product.map { accepted.adding(product: $0.accepted) } ?? accepted
        var problems: [String] = []
        if (try? leaf.publicKey == request.csr.publicKey) != true {
            problems.append("the certificate is for another public key")
        }
        if leaf.isCA { problems.append("the certificate is a CA certificate") }
        problems += AlternativeNameComparison(names: request.names).problems(leaf)
        problems += UsageComparison(purpose: request.purpose, accepted: accepted).problems(leaf)
        problems += validityProblems(leaf, request.validityDays, product?.validityDays)
        // Birthday, place of birth and citizenship of a person (RFC 3739 §3.2.2) are nothing a gateway asks for.
        if leaf.extensionTypes.contains("2.5.29.9") {
            problems.append("the certificate has subject directory attributes")
        }
        var found = problems.map { IssuedCertificateProblem($0) }
        found += SubjectComparison(names: request.names, accepted: accepted).problems(leaf.subject)
        do {
            _ = try path(leaf, issued, for: request)
        } catch {
            found.append(IssuedCertificateProblem("the chain does not lead to an accepted root: \(error)", .path))
        }
        return found
    }

    /// What is delivered and kept with the certificate: the CAs of the path that was found valid, from its issuer upwards, without the
    /// root. Whatever else came with it is left out.
    ///
    /// - Throws: `PKIXError` when there is no valid path.
    public func issuers(of issued: IssuedCertificate, for request: CertificateRequest) throws -> [Certificate] {
        guard let leaf = issued.certificateChain.first else { return [] }
        let path = try path(leaf, issued, for: request)
        guard let anchor = path.last, !anchor.isSelfSigned else { return Array(path.dropFirst().dropLast()) }
        // Who accepts an issuing CA by itself still delivers what mail clients need to get to their root.
        var issuers = Array(path.dropFirst())
        for above in try CertificateChain.order(path + issued.certificateChain, leafKey: anchor.publicKey)
        where !issuers.contains(above) && !above.isSelfSigned && issuers.contains(where: { $0.isIssued(by: above) }) {
            issuers.append(above)
        }
        return issuers
    }

    private func path(
        _ leaf: Certificate, _ issued: IssuedCertificate, for request: CertificateRequest
    ) throws -> [Certificate] {
        // Whether the leaf is valid now is said elsewhere; here its path counts, also while our clock is a little behind.
        let moment = min(max(now, leaf.notBefore), leaf.notAfter - 1)
        // What the leaf itself is for is compared by list, and is no matter of the CAs above it.
        let purposes = leaf.extendedKeyUsage.filter { $0 == request.purpose.extendedKeyUsage }
        return try PathValidator(PathPolicy(trustAnchors: acceptedRoots, at: moment, purposes: Set(purposes)))
            .path(for: leaf, among: issued.certificateChain)
    }

    /// A CA may give a little less than asked, for instance to end with its contract, and a little more, for instance whole
    /// months. Who asks for nothing gets what the product gives: five years at most where nobody knows the product, and what is of
    /// some use where it may be a day.
    private func validityProblems(_ leaf: Certificate, _ asked: Int?, _ product: ProductValidity?) -> [String] {
        let clockSkew: TimeInterval = 300
        if leaf.notBefore > now + clockSkew {
            return ["the certificate is not valid before \(leaf.notBefore.ISO8601Format())"]
        }
        if leaf.notAfter <= now { return ["the certificate has expired on \(leaf.notAfter.ISO8601Format())"] }
        let given = leaf.notAfter.timeIntervalSince(leaf.notBefore) / 86_400
        let expected = asked ?? product?.only
        if let expected, given < Double(expected) * 0.9 {
            return ["valid for \(Int(given)) days, asked for \(expected)"]
        }
        let shortest = product?.shortest ?? min(product?.longest ?? 28, 28)
        if expected == nil, given < Double(shortest) * 0.9 {
            return [
                "valid for \(Int(given)) days, expected \(shortest) at least; a template that wants less says validityDays"
            ]
        }
        let longest = expected ?? product?.longest ?? 1827
        guard given > Double(longest) * 1.1 + 2 else { return [] }
        return [
            asked == nil
                ? "valid for \(Int(given)) days, expected \(longest) at most; a template that wants more says validityDays"
                : "valid for \(Int(given)) days, asked for \(longest)"
        ]
    }
}
