// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Fulfilment
import JSONDocuments
import KeyHoldings
import Ledger
import PKIX

/// Notices once a day what others did: certificates that their CA has revoked without being asked, by the lists that the
/// certificates name, and imported PFX that somebody has deleted in Intune.
struct RevocationWatch: Sendable {
    /// What a round has found, a sentence each.
    struct Findings: Sendable {
        var learnt: [String] = []
        var problems: [String] = []

        static func += (one: inout Self, other: Self) {
            one.learnt += other.learnt
            one.problems += other.problems
        }
    }

    static let day: TimeInterval = 86_400

    let ledger: OrderLedger
    let reader: RevocationReader
    var store: KeyHoldingStore { KeyHoldingStore(ledger) }

    /// Reads the list of each issuer that is due; costs a look-up for each where none is.
    func lookAtLists(_ issuersOf: (String) -> [Certificate]) async throws -> Findings {
        var findings = Findings()
        let now = ledger.clock.now()
        guard try await isDue("lists", now) else { return findings }
        for issuer in try await ledger.issuersInUse() {
            do {
                findings.learnt += try await look(issuer, issuersOf(issuer.backendCA), now)
            } catch {
                findings.problems.append(
                    "the list of \(issuer.issuer) cannot be read: what was revoked there is not known (\(error))")
            }
        }
        try await note("lists", now)
        return findings
    }

    private func look(
        _ issuer: OrderLedger.IssuerInUse, _ roots: [Certificate], _ now: Date
    ) async throws -> [String] {
        let leaf = try Certificate(der: issuer.example.der)
        let chain = try issuer.example.chain.map { try Certificate(der: $0) }
        guard let list = try await reader.list(of: leaf, issuers: chain + roots, now: now) else { return [] }
        let entries = Dictionary(
            list.entries.map { ($0.serialNumber.hex, $0) }, uniquingKeysWith: { first, _ in first })
        let found = try await ledger.serialNumbers(backendCA: issuer.backendCA, issuer: issuer.issuer) {
            number, isRevoked in
            // What is revoked already is news only where its key is in wrong hands after all.
            entries[number].map { !isRevoked || $0.reasonCode == RevocationReason.keyCompromise.rawValue } ?? false
        }.compactMap { entries[$0] }
        let revoked = found.map { entry in
            RevokedCertificate(
                serialNumber: entry.serialNumber.hex, issuer: issuer.issuer,
                reason: RevocationReason(rawValue: entry.reasonCode)?.name ?? "reason \(entry.reasonCode)",
                at: entry.revocationDate)
        }
        let hold = RevocationReason.certificateHold.name
        return try await ledger.noteRevocations(revoked.filter { $0.reason != hold }, backendCA: issuer.backendCA)
            + noteHolds(revoked.filter { $0.reason == hold }, issuer, list: Set(entries.keys))
    }

    /// What has begun, and what has ended since the round before: a list says what is on hold, and not what no longer is.
    ///
    /// - Parameter list: serial numbers of all its entries.
    private func noteHolds(
        _ held: [RevokedCertificate], _ issuer: OrderLedger.IssuerInUse, list: Set<String>
    ) async throws -> [String] {
        // A distinguished name may be longer than a key of that table.
        let digest = DigestAlgorithm.sha256.digest(Array("\(issuer.backendCA)\n\(issuer.issuer)".utf8))
        let name = Self.name("onHold.\(digest.prefix(12).map { String($0, radix: 16) }.joined(separator: "."))")
        let before = Set(try await ledger.state(name)?.array?.compactMap(\.string) ?? [])
        let now = Set(held.map(\.serialNumber))
        guard before != now else { return [] }
        let learnt = try await ledger.noteHolds(
            begun: held.filter { !before.contains($0.serialNumber) },
            ended: before.subtracting(list).sorted().map {
                RevokedCertificate(serialNumber: $0, issuer: issuer.issuer, reason: "", at: ledger.clock.now())
            }, backendCA: issuer.backendCA)
        try await ledger.setState(name, JSONValue(now.sorted()))
        return learnt
    }

    func isDue(_ round: String, _ now: Date) async throws -> Bool {
        guard let last = try await ledger.state(Self.name(round))?.number else { return true }
        // Also where a clock had run ahead.
        return abs(now.timeIntervalSince1970 - last) >= Self.day
    }

    func note(_ round: String, _ now: Date) async throws {
        try await ledger.setState(Self.name(round), .number(now.timeIntervalSince1970.rounded()))
    }

    static func name(_ round: String) -> String { "watch.\(round)" }
}
