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

    private static let day: TimeInterval = 86_400
    private static let pageSize = 500

    let ledger: OrderLedger
    let reader: RevocationReader
    private var store: KeyHoldingStore { KeyHoldingStore(ledger) }

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
            entries[$0] != nil
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

    /// Compares what is delivered with what Intune holds. Each one that the list lacks is asked for by its id before it counts as gone.
    /// What is to follow on a certificate in use that somebody has deleted, the planner decides; other keys are delivered again, or that
    /// is said.
    ///
    /// - Parameter delivering: the templates whose other keys are delivered again.
    func lookAtIntune(_ intune: some ImportedPFXList, delivering: Set<String>) async throws -> Findings {
        var findings = Findings()
        let now = ledger.clock.now()
        guard try await isDue("intune", now) else { return findings }
        // What was delivered a moment ago may not be in a list that began before.
        let date = now - 3600
        var orders = try await ledger.activeOrders(after: 0, updatedBefore: date, limit: Self.pageSize)
        var keys = try await store.brought(after: nil, before: date, limit: Self.pageSize)
        guard !orders.isEmpty || !keys.isEmpty else { return findings }
        var look = IntuneLook(intune, held: Set(try await intune.ids()))
        while let end = orders.last?.order.id {
            findings.learnt += try await compare(orders, &look, now)
            orders = try await ledger.activeOrders(after: end, updatedBefore: date, limit: Self.pageSize)
        }
        while let end = keys.last {
            for key in keys where try await look.lacks(key.personID, key.thumbprint, "certificate \(key.serialNumber)")
            {
                let isAgain = delivering.contains(key.template)
                let sentence = "somebody has deleted it in Intune"
                let advice = "'certway key redeliver \(key.userPrincipalName)' delivers it again"
                try await store.noteGone(key, isAgain ? nil : "\(sentence); \(advice)")
                findings.learnt.append(
                    "the key of certificate \(key.serialNumber) for \(key.userPrincipalName): \(sentence); "
                        + (isAgain ? "it is delivered again" : advice))
            }
            keys = try await store.brought(after: end, before: date, limit: Self.pageSize)
        }
        findings.problems += look.problem.map { [$0] } ?? []
        try await note("intune", now)
        return findings
    }

    /// Certificates in use that Intune does not hold though it was not this gateway that took them out, a sentence each.
    private func compare(
        _ orders: [(order: Order, thumbprint: String, notAfter: Date)], _ look: inout IntuneLook<some ImportedPFXList>,
        _ now: Date
    ) async throws -> [String] {
        var learnt: [String] = []
        let missing = orders.filter { entry in
            entry.notAfter > now && look.mayLack(entry.order.subscriberID, entry.thumbprint)
        }
        let ids = missing.compactMap(\.order.certificateID)
        let standing = try await ledger.standingActions(certificateIDs: ids)
        // What is on record as taken out, or on its way, nobody else has deleted.
        let own = try await store.holdings(ofCertificates: ids).filter(\.isOwn)
        let away = Set(own.filter { !$0.isWanted || !$0.isInIntune || $0.nextActionAt != nil }.map(\.certificateID))
        for entry in missing {
            guard let id = entry.order.certificateID, look.intune.isDelivered(entry.order), !away.contains(id),
                !(standing[id] ?? []).contains(where: { $0.kind == .withdraw }),
                try await look.lacks(
                    entry.order.subscriberID, entry.thumbprint, "order \(entry.order.reference)")
            else { continue }
            let sentence =
                "the certificate of \(entry.order.userPrincipalName) is no longer in Intune: somebody has deleted it there"
            guard try await ledger.noteWithdrawn(certificateID: id, sentence) else { continue }
            learnt.append("order \(entry.order.reference): \(sentence)")
        }
        return learnt
    }

    private func isDue(_ round: String, _ now: Date) async throws -> Bool {
        guard let last = try await ledger.state(Self.name(round))?.number else { return true }
        // Also where a clock had run ahead.
        return abs(now.timeIntervalSince1970 - last) >= Self.day
    }

    private func note(_ round: String, _ now: Date) async throws {
        try await ledger.setState(Self.name(round), .number(now.timeIntervalSince1970.rounded()))
    }

    private static func name(_ round: String) -> String { "watch.\(round)" }
}
