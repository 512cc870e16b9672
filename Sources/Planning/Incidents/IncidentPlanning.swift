// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorHost
import ConnectorKit
import Directory
public import Foundation
public import Ledger
public import Settings
import Store

/// Looks ahead: what an incident would meet. Asks neither a CA nor the tenant.
public struct IncidentPlanning: Sendable {
    /// Requests that a replacement costs at its CA: order, two polls, certificate, revocation of the old one.
    static let requestsPerOrder = 5.0
    /// Uploads to Intune in a second that never met throttling; Microsoft publishes no number.
    static let uploadsPerSecond = 4.0

    let configuration: GatewayConfiguration
    let planner: EnrollmentPlanner
    let backends: BackendCARegistry
    let desk: RuleDesk

    public init(
        _ configuration: GatewayConfiguration, _ planner: EnrollmentPlanner, _ backends: BackendCARegistry,
        _ desk: RuleDesk
    ) {
        self.configuration = configuration
        self.planner = planner
        self.backends = backends
        self.desk = desk
    }

    /// - Parameter records: the certificates that are meant.
    /// - Throws: `StoreError`; `GraphError` of kind `transient` while the directory has not been read to its end.
    public func preview(_ incident: Incident, _ records: [CertificateRecord]) async throws -> IncidentPreview {
        let now = planner.clock.now()
        try await planner.mirror.requireAddresses()
        var preview = IncidentPreview(incident: incident, items: [])
        for (template, records) in Dictionary(grouping: records, by: \.template).sorted(by: { $0.key < $1.key }) {
            let items = records.map { record in
                IncidentItem(
                    place: 0, certificateID: record.id, orderID: record.orderID, template: record.template,
                    subscriberID: record.subscriberID, userPrincipalName: record.userPrincipalName,
                    serialNumber: record.serialNumber, proof: .notNeeded, changedAt: now)
            }
            preview.items += try await judge(items, template, incident, &preview.problems)
        }
        preview.forecast = try await forecast(incident, preview.items, from: now)
        preview.items = Self.placed(preview.items)
        preview.costs = costs(incident, preview.items)
        return preview
    }

    /// States, obstacles and proofs of the certificates of one template.
    private func judge(
        _ items: [IncidentItem], _ name: String, _ incident: Incident, _ problems: inout [String]
    ) async throws -> [IncidentItem] {
        var items = try await IncidentLook(
            incident: incident, ledger: planner.ledger, decisions: planner.decisions, now: planner.clock.now()
        )
        .states(of: items)
        func leaveOut(_ reason: String) -> [IncidentItem] {
            for index in items.indices where items[index].state == .waiting {
                (items[index].state, items[index].reason) = (.leftOut, reason)
            }
            return items
        }
        guard let template = configuration.template(name), template.enabled else {
            return leaveOut("template \(name) is gone or switched off: nothing is ordered by it")
        }
        let target: IncidentTarget
        do {
            target = try IncidentTarget(of: incident, template, backends, desk, at: planner.clock.now())
        } catch {
            problems.append("template \(name): \(error)")
            return leaveOut("\(error)")
        }
        let rules = EnrollmentRules(template: target.template, product: target.product, rules: target.rules)
        var addresses: [String: [String]] = [:]
        let people = Set(items.map(\.subscriberID)).sorted()
        for start in stride(from: 0, to: people.count, by: EnrollmentPlanner.pageSize) {
            let page = Array(people[start...].prefix(EnrollmentPlanner.pageSize))
            let exceptions = try await planner.exceptions.inForce(name, page)
            let members = try await planner.known(page, template)
            await target.rules?.look(for: members.compactMap(\.member))
            for (id, member) in members {
                switch rules.find(member).leaving(out: exceptions[id.lowercased()]) {
                case .left(let reason), .excluded(let reason):
                    for index in items.indices where items[index].subscriberID == id && items[index].state == .waiting {
                        (items[index].state, items[index].reason) = (.leftOut, reason)
                    }
                case .entitled(let names, _, _):
                    addresses[id] = names.emails
                    for index in items.indices where items[index].subscriberID == id && items[index].state == .leftOut {
                        (items[index].state, items[index].reason) = (.waiting, nil)
                    }
                }
            }
        }
        let proofs = try await MailboxProofs(
            database: planner.database, backendCA: target.template.backendCA, product: target.template.product
        ).find(addresses, at: incident.deadline)
        for index in items.indices { items[index].proof = proofs[items[index].subscriberID] ?? .notNeeded }
        return items
    }

    private func costs(_ incident: Incident, _ items: [IncidentItem]) -> [Money] {
        var sum = MoneySum()
        for (name, own) in Dictionary(grouping: items.filter { $0.state == .waiting }, by: \.template) {
            sum.add(configuration.template(name)?.aimed(at: incident).price, times: Set(own.map(\.owner)).count)
        }
        return sum.all
    }

    /// Who has to click begins first, for people take longest; who gets nothing comes last.
    private static func placed(_ items: [IncidentItem]) -> [IncidentItem] {
        func rank(_ own: [IncidentItem]) -> Int {
            if own.allSatisfy({ $0.state == .leftOut }) { return 2 }
            return own.contains { $0.proof == .mustClick } ? 0 : 1
        }
        let owners = Dictionary(grouping: items, by: \.owner).values.sorted { one, other in
            (rank(one), one[0].certificateID) < (rank(other), other[0].certificateID)
        }
        return owners.enumerated().flatMap { place, own in
            own.map { item in
                var item = item
                item.place = place + 1
                return item
            }
        }
    }

    /// When those would be through who can be served.
    ///
    /// - Returns: nil where nothing bounds it that anybody knows.
    public func forecast(
        _ incident: Incident, _ items: [IncidentItem], from date: Date
    ) async throws -> IncidentForecast? {
        let open = items.filter { IncidentProgress.isToDo($0.state) }
        let total = Set(open.map(\.owner)).count
        guard total > 0 else { return nil }
        var rates: [(what: String, perHour: Double)] = []
        var lag: TimeInterval = 0
        let byCA = Dictionary(grouping: open) { item in
            incident.backendCA ?? configuration.template(item.template)?.backendCA ?? ""
        }
        for (name, own) in byCA.sorted(by: { $0.key < $1.key }) {
            // Its own share of the work passes at its own speed beside that of the others.
            let share = Double(total) / Double(Set(own.map(\.owner)).count)
            if case .ready(let backend)? = backends[name] {
                for limit in configuration.backendCA(name)?.limits ?? backend.profile.limits {
                    let perHour = Double(limit.requests) / limit.per.seconds * 3600 / Self.requestsPerOrder
                    rates.append(("the limits of \(name)", perHour * share))
                }
            }
            if let usual = try await UsualDuration(of: name, planner.database) {
                lag = max(lag, usual.seconds)
                if usual.isInOneCall {
                    let perHour = 3600 / max(usual.seconds, 0.05) * Double(configuration.limits.concurrency)
                    rates.append(("the speed of \(name) so far", perHour * share))
                }
            }
        }
        if open.contains(where: { configuration.template($0.template)?.delivery == .intune }) {
            rates.append(("Intune (assumed)", Self.uploadsPerSecond * 3600))
        }
        if let pace = incident.pace { rates.append(("--pace", Double(pace))) }
        return IncidentForecast(total, rates, lag: lag, from: max(date, planner.clock.now()))
    }
}
