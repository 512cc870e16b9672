// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Looks for a path from a leaf to a trust anchor: every one that names allow, the shortest first, until one is valid.
///
/// OpenSSL takes the first issuer whose name fits and does not come back, so that the order of certificates would decide; here it
/// judges one path at a time (`PathVerification`).
struct PathSearch {
    private let policy: PathPolicy
    private let anchors: Set<Certificate>
    private var graph: IssuerGraph
    private var objections: [Int: String?] = [:]
    /// Certificates up to the nearest trust anchor, for those from which one can be reached.
    private var distances: [Int: Int] = [:]
    private var failure: PKIXError?
    private var mismatch: String?
    private var isTooLong = false

    init(_ policy: PathPolicy, leaf: Certificate, others: [Certificate]) throws {
        self.policy = policy
        anchors = Set(policy.trustAnchors)
        graph = try IssuerGraph(leaf: leaf, others: others + policy.trustAnchors, budget: policy.budget)
    }

    var budget: PathBudget { graph.budget }

    /// - Returns: leaf first, trust anchor last.
    /// - Throws: `PKIXError`: `untrusted` and `revoked` with the certificate and the reason, `tooCostly`.
    mutating func run() throws -> [Certificate] {
        if let objection = objection(to: 0) { throw untrusted(objection) }
        try measure()
        if let path = try search([0]) { return path.map { graph.certificates[$0] } }
        if isTooLong {
            throw PKIXError(.tooCostly, "its path has more than \(PathBudget.longestPath) certificates")
        }
        throw try failure ?? untrusted(mismatch ?? explanation())
    }

    /// Goes up from the leaf, and down again from the anchors that were met.
    private mutating func measure() throws {
        var met = [0]
        var below: [Int: [Int]] = [:]
        var next = 0
        while next < met.count {
            let index = met[next]
            next += 1
            if anchors.contains(graph.certificates[index]) { continue }
            for issuer in try graph.issuers(of: index) where objection(to: issuer) == nil {
                if below[issuer] == nil, issuer != 0 { met.append(issuer) }
                below[issuer, default: []].append(index)
            }
        }
        var ends = met.filter { anchors.contains(graph.certificates[$0]) }
        for end in ends { distances[end] = 0 }
        next = 0
        while next < ends.count {
            let index = ends[next]
            next += 1
            for subject in below[index] ?? [] where distances[subject] == nil {
                distances[subject] = distances[index, default: 0] + 1
                ends.append(subject)
            }
        }
    }

    private mutating func search(_ path: [Int]) throws -> [Int]? {
        guard let last = path.last, distances[last] != nil else { return nil }
        if anchors.contains(graph.certificates[last]) { return try isValid(path) ? path : nil }
        guard path.count < PathBudget.longestPath else {
            isTooLong = true
            return nil
        }
        let candidates = try graph.issuers(of: last).filter { distances[$0] != nil }
            .sorted { (distances[$0, default: 0], $0) < (distances[$1, default: 0], $1) }
        // A single one is left to the engine, but it believes a list before it looks at signatures.
        let looksAtSignatures = candidates.count > 1 || !policy.revocation.isUnchecked
        for issuer in candidates {
            try graph.budget.spend(path.count)
            // One CA under one key twice is a loop (RFC 4158 §2.4.2): what is below can be had without it.
            guard !path.contains(where: { isSameEntity($0, issuer) }) else { continue }
            if looksAtSignatures, try !graph.hasSigned(issuer, last) {
                mismatch = mismatch ?? "\(name(last)) is not signed by \(name(issuer))"
                continue
            }
            if let found = try search(path + [issuer]) { return found }
        }
        return nil
    }

    private mutating func isValid(_ path: [Int]) throws -> Bool {
        let certificates = path.map { graph.certificates[$0] }
        do {
            // One that costs too much is left out; there may be others.
            try graph.budget.spend(ifAffordable: PathVerification.cost(of: certificates))
            try PathVerification(policy: policy, others: graph.certificates).verify(certificates)
            return true
        } catch let error as PKIXError where [.untrusted, .revoked, .tooCostly].contains(error.code) {
            failure = failure ?? error
            return false
        }
    }

    private func isSameEntity(_ one: Int, _ other: Int) -> Bool {
        if one == other { return true }
        let (one, other) = (graph.certificates[one], graph.certificates[other])
        return one.isSameEntity(as: other)
    }

    /// Why a certificate can be in no path, as a sentence; looked at once, before any key is worked with.
    private mutating func objection(to index: Int) -> String? {
        if let known = objections[index] { return known }
        let found = findObjection(to: index).map { "\(name(index)) \($0)" }
        objections[index] = .some(found)
        return found
    }

    private func findObjection(to index: Int) -> String? {
        let certificate = graph.certificates[index]
        let isAnchor = anchors.contains(certificate)
        if certificate.notBefore > policy.date { return "is not valid before \(certificate.notBefore.ISO8601Format())" }
        if certificate.notAfter < policy.date { return "has expired on \(certificate.notAfter.ISO8601Format())" }
        if index != 0, !certificate.isCA { return "is not a CA" }
        if let weakness = certificate.weakness(isAnchor: isAnchor) { return weakness }
        guard !policy.purposes.isEmpty, case let allowed = certificate.extendedKeyUsage, !allowed.isEmpty,
            !allowed.contains(.any), !(isAnchor && certificate.isSelfSigned)
        else { return nil }
        let missing = policy.purposes.subtracting(allowed).map(\.name).sorted()
        return missing.isEmpty ? nil : "is not for the purpose \(missing.joined(separator: ", "))"
    }

    /// The first thing in the way, going up by names.
    private mutating func explanation() throws -> String {
        var (index, seen) = (0, Set([0]))
        while true {
            let issuers = try graph.issuers(of: index)
            if let sentence = issuers.compactMap({ objection(to: $0) }).first { return sentence }
            guard let next = issuers.first(where: { !seen.contains($0) }) else {
                if issuers.isEmpty { break }
                return "\(name(index)) and others certify each other, and none of them is accepted"
            }
            seen.insert(next)
            index = next
        }
        let certificate = graph.certificates[index]
        return certificate.names(issuer: certificate)
            ? "\(certificate.subject) is no accepted root"
            : "\(certificate.subject) is issued by \(certificate.issuer), of which no certificate that may issue it is there"
    }

    private func name(_ index: Int) -> String { "\(graph.certificates[index].subject)" }

    private func untrusted(_ sentence: String) -> PKIXError { PKIXError(.untrusted, sentence) }
}
