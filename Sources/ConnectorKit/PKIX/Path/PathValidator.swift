// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The one answer to whether a certificate can be trusted: is there a certification path from it to a trust anchor that is what
/// `policy` asks for (RFC 5280 §6)?
///
/// Every path that the certificates allow is tried, cross-certificates included, so that their order means nothing.
public struct PathValidator: Sendable {
    public let policy: PathPolicy

    public init(_ policy: PathPolicy) { self.policy = policy }

    /// - Parameter certificates: what came with it or is known, in any order; strangers among them do no harm.
    /// - Returns: the first valid path, leaf first, trust anchor last; of several the shortest.
    /// - Throws: `PKIXError.untrusted` with the certificate and the reason; `revoked` where lists are asked; `tooCostly` when the
    ///   certificates ask for more work than the policy's budget.
    @discardableResult
    public func path(for leaf: Certificate, among certificates: [Certificate]) throws -> [Certificate] {
        var budget = policy.budget
        return try path(for: leaf, among: certificates, within: &budget)
    }

    /// - Parameter budget: what is left of it afterwards, also after an error.
    public func path(
        for leaf: Certificate, among certificates: [Certificate], within budget: inout PathBudget
    ) throws -> [Certificate] {
        var policy = policy
        policy.budget = budget
        var search = try PathSearch(policy, leaf: leaf, others: certificates)
        defer { budget = search.budget }
        return try search.run()
    }
}
