// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store

/// Finds out from ledger and verdicts how far the certificates of an incident are. It remembers nothing, so it is right after any restart.
struct IncidentLook {
    let incident: Incident
    /// Those for whom a newer incident says where they are ordered for, which may be where this one goes away from.
    var overruled: Set<IncidentItem.Owner> = []
    let ledger: OrderLedger
    let decisions: DecisionStore
    let now: Date

    /// What an order under way waits for.
    private struct Open {
        let hold: String?
        let waitingFor: String?
        let detail: String?
    }

    /// What is known of the certificates of one page.
    private struct Known {
        var standings: [String: SubscriberStanding] = [:]
        var actions: [Int64: [CertificateAction]] = [:]
        var certificates: [Int64: (status: CertificateStatus, notAfter: Date)] = [:]
        var open: [Int64: Open] = [:]
        /// CA and product of the orders of the certificates.
        var origins: [Int64: (backendCA: String, product: String)] = [:]
        /// Orders that a newer incident has had placed where it wants them.
        var meant: Set<Int64> = []
        var verdicts: [String: (verdict: String, concern: CertificateConcern?, reason: String)] = [:]
    }

    /// The certificates with their states as they are now, in the same order.
    func states(of items: [IncidentItem]) async throws -> [IncidentItem] {
        var result = items
        let own = Dictionary(grouping: items, by: \.owner)
        for (template, places) in Dictionary(grouping: items.indices, by: { items[$0].template }) {
            let open = places.filter { !items[$0].state.isFinal }
            for start in stride(from: 0, to: open.count, by: EnrollmentPlanner.pageSize) {
                let page = open[start...].prefix(EnrollmentPlanner.pageSize)
                let known = try await known(page.map { items[$0] }, template)
                for place in page { result[place] = state(of: items[place], own[items[place].owner] ?? [], known) }
            }
        }
        return result
    }

    private func known(_ items: [IncidentItem], _ template: String) async throws -> Known {
        let people = Set(items.map(\.subscriberID)).sorted()
        let certificates = items.map(\.certificateID)
        let standings = try await ledger.standings(template: template, subscriberIDs: people)
        let actions = try await ledger.standingActions(certificateIDs: certificates)
        let orders = standings.values.filter(\.stage.isOpen).map(\.orderID)
        // One that is only looked ahead at would be the newest.
        let (incidentID, hasTarget) = (incident.id == 0 ? .max : incident.id, incident.hasTarget)
        return try await decisions.database.read { connection in
            var known = Known()
            (known.standings, known.actions) = (standings, actions)
            for list in SQLValueList.lists(certificates) {
                try connection.forEachRow(
                    "SELECT id, status, not_after FROM certificates WHERE id IN (\(list.places))", list.parameters
                ) { known.certificates[try $0[0]] = (try $0[1], try $0[2]) }
            }
            // Only what has a target leaves anything.
            if hasTarget {
                for list in SQLValueList.lists(items.map(\.orderID)) {
                    try connection.forEachRow(
                        "SELECT id, backend_ca, product FROM orders WHERE id IN (\(list.places))", list.parameters
                    ) { known.origins[try $0[0]] = (try $0[1], try $0[2]) }
                }
                for list in SQLValueList.lists(standings.values.compactMap(\.inUse?.orderID)) {
                    try connection.forEachRow(
                        "SELECT successor_id FROM incident_items WHERE incident_id > ? AND successor_id IN (\(list.places))",
                        [.integer(incidentID)] + list.parameters
                    ) { known.meant.insert(try $0[0]) }
                }
            }
            for list in SQLValueList.lists(orders) {
                try connection.forEachRow(
                    "SELECT id, hold_reason, waiting_for, detail FROM orders WHERE id IN (\(list.places))",
                    list.parameters
                ) { known.open[try $0[0]] = Open(hold: try $0[1], waitingFor: try $0[2], detail: try $0[3]) }
            }
            for list in SQLValueList.lists(people) {
                try connection.forEachRow(
                    """
                    SELECT subscriber_id, verdict, concern, reason FROM enrollment_decisions WHERE template = ? \
                    AND subscriber_id IN (\(list.places))
                    """, [.text(template)] + list.parameters
                ) { row in
                    let concern = CertificateConcern(rawValue: try row[2] as String? ?? "")
                    known.verdicts[try row[0]] = (try row[1], concern, try row[3])
                }
            }
            return known
        }
    }

    /// Certificates that have come since from what the incident leaves, one for each person and template: they are replaced like the others.
    ///
    /// - Parameter items: all of the incident.
    func strays(among items: [IncidentItem]) async throws -> [IncidentItem] {
        guard incident.hasTarget else { return [] }
        let own = Dictionary(grouping: items, by: \.owner)
        var found: [IncidentItem] = []
        for (template, items) in Dictionary(grouping: items, by: \.template).sorted(by: { $0.key < $1.key }) {
            for start in stride(from: 0, to: items.count, by: EnrollmentPlanner.pageSize) {
                let page = Array(items[start...].prefix(EnrollmentPlanner.pageSize))
                let known = try await known(page, template)
                for item in page where !found.contains(where: { $0.owner == item.owner }) {
                    let mine = own[item.owner] ?? []
                    guard let used = known.standings[item.subscriberID]?.inUse, let id = used.certificateID,
                        !mine.contains(where: { $0.certificateID == id }), isLeft(used, mine, known),
                        let serial = try await ledger.certificate(id)?.serialNumber
                    else { continue }
                    found.append(item.joined(by: used, serial))
                }
            }
        }
        return found
    }

    /// Whether an order is one of what the incident leaves.
    ///
    /// - Parameter own: all certificates of the incident that are the person's.
    private func isLeft(_ order: SubscriberStanding, _ own: [IncidentItem], _ known: Known) -> Bool {
        guard let owner = own.first?.owner, !overruled.contains(owner), !known.meant.contains(order.orderID) else {
            return false
        }
        return own.compactMap { known.origins[$0.orderID] }.contains { origin in
            if let target = incident.backendCA {
                return order.backendCA == origin.backendCA && origin.backendCA != target
            }
            return incident.product.map { order.product == origin.product && origin.product != $0 } ?? false
        }
    }

    /// - Parameter own: all certificates of the incident that are the person's.
    private func state(of item: IncidentItem, _ own: [IncidentItem], _ known: Known) -> IncidentItem {
        var found = item
        let standing = known.standings[item.subscriberID]
        let successor =
            standing?.inUse.flatMap { used in
                guard let id = used.certificateID, !own.contains(where: { $0.certificateID == id }) else { return nil }
                return isLeft(used, own, known) ? nil : used
            } as SubscriberStanding?
        if let successor, item.successorID != successor.orderID {
            found.successorID = successor.orderID
            found.deliveredAt = item.deliveredAt ?? successor.updatedAt
        }
        (found.state, found.reason) = state(of: item, standing, successor, own, known)
        if found.state != item.state { found.changedAt = now }
        return found
    }

    private func state(
        of item: IncidentItem, _ standing: SubscriberStanding?, _ successor: SubscriberStanding?,
        _ own: [IncidentItem], _ known: Known
    ) -> (IncidentItem.State, String?) {
        let certificate = known.certificates[item.certificateID]
        let revocation = known.actions[item.certificateID]?.first { $0.kind == .revoke }
        if certificate?.status == .revoked || revocation?.state == .done {
            return (.revoked, successor == nil ? "without a successor" : nil)
        }
        if let end = certificate?.notAfter, end <= now { return (.over, nil) }
        if let revocation {
            if let hold = revocation.holdReason { return (.failed, "its revocation: \(hold)") }
            return (
                .revoking,
                successor == nil ? "without a successor" : revocation.errorKind.flatMap { _ in revocation.detail }
            )
        }
        if successor != nil { return (.delivered, nil) }
        let verdict = known.verdicts[item.subscriberID]
        if let standing, standing.stage.isOpen, let order = known.open[standing.orderID] {
            if let hold = order.hold { return (.failed, hold) }
            if isLeft(standing, own, known) {
                guard standing.stage != .planned, standing.stage != .keyed else {
                    return (
                        .waiting, "order \(standing.reference) has not left, and goes where the incident has it ordered"
                    )
                }
                return (
                    .failed,
                    "order \(standing.reference) is still at \(standing.backendCA), which the incident leaves, and what comes of it is "
                        + "replaced as well; where nothing comes any more: 'certway order cancel \(standing.reference)'"
                )
            }
            let isWaiting = order.waitingFor == "subscriber"
            return (isWaiting ? .clickMissing : .ordered, order.detail)
        }
        if let verdict, Self.leftOut.contains(verdict.verdict) || verdict.concern.map(Self.isObstacle) ?? false {
            return (.leftOut, verdict.reason)
        }
        if let standing, let verdict, standing.stage == .revoked,
            verdict.verdict == EnrollmentDecision.Verdict.ended.rawValue
        {
            return (.failed, verdict.reason)
        }
        guard let begin = item.releasedAt else { return (.waiting, item.state == .leftOut ? nil : item.reason) }
        let ended = standing?.stage == .active ? standing?.attempt.first : standing
        if let ended, ended.updatedAt >= begin, let ending = ended.ending, ending.cause != .withdrawn {
            return (.failed, "order \(ended.reference) was \(ending.cause.rawValue): \(ending.reason)")
        }
        return (.waiting, nil)
    }

    private static let leftOut = [
        EnrollmentDecision.Verdict.skipped.rawValue, EnrollmentDecision.Verdict.left.rawValue,
    ]

    private static func isObstacle(_ concern: CertificateConcern) -> Bool {
        concern.isDeparture || concern == .notEntitled
    }
}
