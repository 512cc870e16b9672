// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// Which of some certificates could have issued which others, found out as far as it is asked, within a budget.
///
/// Each certificate is there once, in an order of its own: neither what is found nor what it costs depends on the order in which
/// they came.
struct IssuerGraph {
    /// The leaf, then the others: those that last longer first.
    let certificates: [Certificate]
    private let bySubject: [UInt: [Int]]
    private var issuers: [Int: [Int]] = [:]
    private var signatures: [[Int]: Bool] = [:]
    var budget: PathBudget

    /// - Throws: `PKIXError.tooCostly` when they are larger than the budget allows.
    init(leaf: Certificate, others: [Certificate], budget: PathBudget) throws {
        let others = Set(others).subtracting([leaf])
        try budget.requireRoom(for: others)
        let sorted = others.map { ($0, $0.notAfter) }.sorted { left, right in
            left.1 == right.1 ? left.0.der.lexicographicallyPrecedes(right.0.der) : left.1 > right.1
        }
        certificates = [leaf] + sorted.map(\.0)
        bySubject = Dictionary(grouping: certificates.indices) { [certificates] in
            UInt(X509_subject_name_hash(certificates[$0].pointer))
        }
        self.budget = budget
    }

    /// Those whose names, key identifiers and key usage fit; signatures are not looked at. None for one that signed itself.
    mutating func issuers(of index: Int) throws -> [Int] {
        if let known = issuers[index] { return known }
        let certificate = certificates[index]
        let named = bySubject[UInt(X509_issuer_name_hash(certificate.pointer))] ?? []
        try budget.spend(named.count)
        var found = named.filter { $0 != index && certificate.names(issuer: certificates[$0]) }
        // A signature costs more than all the rest, and is looked at only where it decides.
        if !found.isEmpty, certificate.names(issuer: certificate), try hasSigned(index, index) { found = [] }
        issuers[index] = found
        return found
    }

    mutating func hasSigned(_ issuer: Int, _ index: Int) throws -> Bool {
        if let known = signatures[[issuer, index]] { return known }
        try budget.spend(PathBudget.signatureSteps)
        // A key that nobody accepts may be one that takes a second to work with.
        let isFit = (try? certificates[issuer].publicKey)?.unfitnessForSignatures == nil
        let answer = isFit && certificates[index].isIssued(by: certificates[issuer])
        signatures[[issuer, index]] = answer
        return answer
    }
}

extension Certificate {
    /// Whether both certify one name and one key.
    func isSameEntity(as other: Certificate) -> Bool {
        X509_NAME_cmp(X509_get_subject_name(pointer), X509_get_subject_name(other.pointer)) == 0
            && EVP_PKEY_eq(X509_get0_pubkey(pointer), X509_get0_pubkey(other.pointer)) == 1
    }
}
