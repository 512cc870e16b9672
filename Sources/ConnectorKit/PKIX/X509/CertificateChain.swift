// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A leaf and certificates of CAs above it, leaf first.
public struct CertificateChain: Sendable, Hashable {
    public var certificates: [Certificate]

    public init(_ certificates: [Certificate]) { self.certificates = certificates }

    public var leaf: Certificate? { certificates.first }

    /// The certificate of `leafKey`, then each issuer that is among `certificates`, whatever order they came in.
    ///
    /// Where several could be the issuer, as with cross-certificates, those that signed are all there, one way up behind the other: which
    /// of them leads to a root that is accepted, only who knows the roots can tell. Others are dropped. Nothing is proven by it.
    /// - Returns: empty when no certificate has that key.
    public static func order(_ certificates: [Certificate], leafKey: PublicKey) -> [Certificate] {
        let leaves = certificates.filter { (try? $0.publicKey) == leafKey }
        // Of several for one key it is the newest, wherever it stands.
        let newest = leaves.max { ($0.notBefore, $0.sha256Fingerprint) < ($1.notBefore, $1.sha256Fingerprint) }
        guard let leaf = newest else { return [] }
        guard var graph = try? IssuerGraph(leaf: leaf, others: certificates, budget: .standard) else { return [leaf] }
        var (found, waiting): ([Int], [Int]) = ([], [0])
        while let index = waiting.popLast() {
            guard !found.contains(index) else { continue }
            found.append(index)
            guard var issuers = try? graph.issuers(of: index) else { continue }
            if issuers.count > 1 { issuers = issuers.filter { (try? graph.hasSigned($0, index)) == true } }
            waiting += issuers.reversed()
        }
        return found.map { graph.certificates[$0] }
    }

    /// Whether a valid path leads from the leaf to one of `trustAnchors`; see `PathValidator`.
    ///
    /// - Throws: `PKIXError.untrusted` with the certificate and the reason, `tooCostly`.
    public func verify(trustAnchors: [Certificate], at date: Date, purpose: KeyPurpose? = nil) throws {
        guard let leaf else { throw PKIXError(.untrusted, "the chain is empty") }
        let purposes = Set([purpose].compactMap(\.self))
        try PathValidator(PathPolicy(trustAnchors: trustAnchors, at: date, purposes: purposes))
            .path(for: leaf, among: certificates)
    }
}
