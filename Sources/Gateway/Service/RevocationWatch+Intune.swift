// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import KeyHoldings
import Ledger

extension RevocationWatch {
    private typealias Entry = (order: Order, thumbprint: String, notAfter: Date)

    private static let pageSize = 500
    /// Fewer are deleted by hand.
    private static let few = 5

    /// Compares what is delivered with what Intune holds. Each one that the list lacks is asked for by its id before it counts as gone.
    /// What is to follow on a certificate in use that somebody has deleted, the planner decides; other keys are delivered again, or that
    /// is said.
    ///
    /// - Parameter delivering: the templates whose other keys are delivered again.
    func lookAtIntune(_ intune: some ImportedPFXList, delivering: Set<String>) async throws -> Findings {
        var findings = Findings()
        let now = ledger.clock.now()
        guard try await isDue("intune", now) else {
            return Findings(problems: try await doubt().map { [$0.sentence] } ?? [])
        }
        // What was delivered a moment ago may not be in a list that began before.
        let date = now - 3600
        let orders = try await ledger.activeOrders(after: 0, updatedBefore: date, limit: 1)
        let keys = try await store.brought(after: nil, before: date, limit: 1)
        guard !orders.isEmpty || !keys.isEmpty else { return findings }
        var look = IntuneLook(intune, held: Set(try await intune.ids()))
        let comparison = try await compare(look, deliveredBefore: date, now)
        if let sentence = try await doubt(comparison, now) {
            // Due again within the hour.
            try await note("intune", now - Self.day + 3600)
            return Findings(problems: [sentence])
        }
        for entry in comparison.orders {
            guard let id = entry.order.certificateID,
                try await look.lacks(entry.order.subscriberID, entry.thumbprint, "order \(entry.order.reference)")
            else { continue }
            let sentence =
                "the certificate of \(entry.order.userPrincipalName) is no longer in Intune: somebody has deleted it there"
            guard try await ledger.noteWithdrawn(certificateID: id, sentence) else { continue }
            findings.learnt.append("order \(entry.order.reference): \(sentence)")
        }
        for key in comparison.keys {
            guard try await look.lacks(key.personID, key.thumbprint, "certificate \(key.serialNumber)") else {
                continue
            }
            let isAgain = delivering.contains(key.template)
            let sentence = "somebody has deleted it in Intune"
            let advice = "'certway key redeliver \(key.userPrincipalName)' delivers it again"
            try await store.noteGone(key, isAgain ? nil : "\(sentence); \(advice)")
            findings.learnt.append(
                "the key of certificate \(key.serialNumber) for \(key.userPrincipalName): \(sentence); "
                    + (isAgain ? "it is delivered again" : advice))
        }
        findings.problems += look.problem.map { [$0] } ?? []
        try await note("intune", now)
        return findings
    }

    /// What is on record against a list.
    private struct Comparison {
        /// How much was brought there.
        var count = 0
        /// Certificates in use, and other keys, that the list lacks though it was not this gateway that took them out.
        var orders: [Entry] = []
        var keys: [KeyHolding] = []
    }

    private func compare(
        _ look: IntuneLook<some ImportedPFXList>, deliveredBefore date: Date, _ now: Date
    ) async throws -> Comparison {
        var found = Comparison()
        var orders = try await ledger.activeOrders(after: 0, updatedBefore: date, limit: Self.pageSize)
        while let end = orders.last?.order.id {
            let (count, missing) = try await there(orders, look, now)
            found.count += count
            found.orders += missing
            orders = try await ledger.activeOrders(after: end, updatedBefore: date, limit: Self.pageSize)
        }
        var keys = try await store.brought(after: nil, before: date, limit: Self.pageSize)
        while let end = keys.last {
            found.count += keys.count
            found.keys += keys.filter { look.mayLack($0.personID, $0.thumbprint) }
            keys = try await store.brought(after: end, before: date, limit: Self.pageSize)
        }
        return found
    }

    /// Why nothing follows yet from a list that lacks half of what was brought to Intune, and more than a few: as that of another tenant
    /// would, or of a service that answers wrongly. One that says the same a day later is believed.
    ///
    /// - Returns: nil for a list that is believed.
    private func doubt(_ comparison: Comparison, _ now: Date) async throws -> String? {
        let (count, lacking) = (comparison.count, comparison.orders.count + comparison.keys.count)
        let known = try await doubt()
        let since = known?.since ?? now
        guard lacking >= Self.few, lacking * 2 >= count, abs(now.timeIntervalSince(since)) < Self.day else {
            if known != nil { try await ledger.setState(Self.name("intune.doubt"), nil) }
            return nil
        }
        let sentence =
            "Intune's list lacks \(lacking) of \(Plural(count, "PFX record")) that were brought there: if nobody meant that, see that "
            + "'certway doctor' names the right tenant and a role that sees all records; nothing follows from it unless the list still "
            + "says so on \((since + Self.day).formatted(.iso8601))"
        try await ledger.setState(
            Self.name("intune.doubt"),
            ["since": .number(since.timeIntervalSince1970.rounded()), "sentence": .string(sentence)])
        return sentence
    }

    /// The doubt that stands.
    private func doubt() async throws -> (since: Date, sentence: String)? {
        guard let state = try await ledger.state(Self.name("intune.doubt")), let since = state["since"]?.number,
            let sentence = state["sentence"]?.string
        else { return nil }
        return (Date(timeIntervalSince1970: since), sentence)
    }

    /// Of certificates in use: how many are to be in Intune by what is on record, and those of them that its list lacks.
    private func there(
        _ orders: [Entry], _ look: IntuneLook<some ImportedPFXList>, _ now: Date
    ) async throws -> (count: Int, missing: [Entry]) {
        let meant = orders.filter { $0.notAfter > now && look.intune.isDelivered($0.order) }
        let missing = meant.filter { look.mayLack($0.order.subscriberID, $0.thumbprint) }
        let ids = missing.compactMap(\.order.certificateID)
        let standing = try await ledger.standingActions(certificateIDs: ids)
        // What is on record as taken out, or on its way, nobody else has deleted.
        let own = try await store.holdings(ofCertificates: ids).filter(\.isOwn)
        let away = Set(own.filter { !$0.isWanted || !$0.isInIntune || $0.nextActionAt != nil }.map(\.certificateID))
        let left = missing.filter { entry in
            guard let id = entry.order.certificateID else { return false }
            return !away.contains(id) && !(standing[id] ?? []).contains { $0.kind == .withdraw }
        }
        return (meant.count - missing.count + left.count, left)
    }
}
