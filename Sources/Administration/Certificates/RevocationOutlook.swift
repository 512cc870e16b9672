// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import Ledger
import PKIX
import Planning
import Store

/// What follows for people whose certificates are revoked: whether another one comes, what devices keep, whether old mail stays readable.
struct RevocationOutlook {
    /// Certificates of one look.
    private static let batch = 500

    let gateway: Gateway

    /// One sentence; empty for no certificates.
    ///
    /// - Parameters:
    ///   - isOrderedAgain: whether others are to take their place.
    ///   - isCompromised: whether their keys are in wrong hands: nobody is given those any more.
    /// - Throws: `StoreError`.
    func sentence(
        _ records: [CertificateRecord], isOrderedAgain: Bool, isCompromised: Bool
    ) async throws -> String {
        var (others, devices, mail) = (Tally(), Tally(), Tally())
        for start in stride(from: 0, to: records.count, by: Self.batch) {
            let page = Array(records[start...].prefix(Self.batch))
            let (ids, ledger) = (page.map(\.id), gateway.ledger)
            let orders = try await ledger.orders(ids: page.map(\.orderID))
            let archived = try await ledger.archivedCertificates(among: ids)
            let asked = try await ledger.standingActions(certificateIDs: ids)
            let wanted = try await wanted(page)
            for record in page {
                let terms = orders[record.orderID].flatMap { try? OrderTerms(json: $0.request) }
                others.add(other(record, isOrderedAgain: isOrderedAgain || wanted.contains(record.id)))
                devices.add(
                    kept(
                        record, terms,
                        isWithdrawn: asked[record.id]?.contains { $0.kind == .withdraw } ?? false,
                        isCompromised: isCompromised))
                mail.add(readable(record, terms, isArchived: archived.contains(record.id)))
            }
        }
        return [others, devices, mail].flatMap(\.sentences).joined(separator: "; ")
    }

    /// Those for which an incident orders another one.
    private func wanted(_ page: [CertificateRecord]) async throws -> Set<Int64> {
        let store = IncidentStore(database: gateway.database)
        var wanted: Set<Int64> = []
        for (template, own) in Dictionary(grouping: page, by: \.template) {
            wanted.formUnion(try await store.wanted(template: template, subscriberIDs: own.map(\.subscriberID)))
        }
        return wanted
    }

    private func other(_ record: CertificateRecord, isOrderedAgain: Bool) -> String {
        guard record.status == .active else { return "it is not in use any more, a newer one has taken its place" }
        if gateway.configuration.template(record.template)?.requests != nil {
            return "no other certificate follows by itself, whoever asked for it has to hand in another request"
        }
        return isOrderedAgain
            ? "another certificate follows by itself"
            : "no other certificate follows by itself, somebody has to order one again"
    }

    private func kept(
        _ record: CertificateRecord, _ terms: OrderTerms?, isWithdrawn: Bool, isCompromised: Bool
    ) -> String {
        if isWithdrawn { return "it is taken from the devices" }
        guard terms?.delivery == .intune else { return "no device has it from Intune" }
        if isCompromised { return "it is taken from the devices" }
        return "it stays on the devices until it is withdrawn"
    }

    /// Nil for one that no mail is encrypted to.
    private func readable(_ record: CertificateRecord, _ terms: OrderTerms?, isArchived: Bool) -> String? {
        guard record.uses(ordered: terms).contains(.encryptedMail) else { return nil }
        return isArchived
            ? "old mail stays readable, for the key is archived"
            : "old mail stays readable only where the key is by now, for it is not archived"
    }

    /// Sentences with how many certificates each is about.
    private struct Tally {
        private var counts: [(sentence: String, count: Int)] = []
        private var all = 0

        mutating func add(_ sentence: String?) {
            all += 1
            guard let sentence else { return }
            if let index = counts.firstIndex(where: { $0.sentence == sentence }) {
                counts[index].count += 1
            } else {
                counts.append((sentence, 1))
            }
        }

        var sentences: [String] {
            counts.map { $0.count == all ? $0.sentence : "\($0.count) of \(all): \($0.sentence)" }
        }
    }
}
