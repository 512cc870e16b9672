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
        let hold = RevocationReason.certificateHold.rawValue
        return try await ledger.noteRevocations(
            found.filter { $0.reasonCode != hold }.map { entry in
                RevokedCertificate(
                    serialNumber: entry.serialNumber.hex, issuer: issuer.issuer,
                    reason: RevocationReason(rawValue: entry.reasonCode)?.name ?? "reason \(entry.reasonCode)",
                    at: entry.revocationDate)
            }, backendCA: issuer.backendCA)
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
