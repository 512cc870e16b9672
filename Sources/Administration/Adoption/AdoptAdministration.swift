// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Delivery
import Directory
import Foundation
import Gateway
import JSONDocuments
import Ledger
import PKIX
import Planning
import Records
import Settings

/// Moving in: takes over the certificates that another product has ordered, so that nobody gets a second one. Orders nothing.
public struct AdoptAdministration: Sendable {
    /// Where to look.
    public struct Wish: Sendable {
        /// Only these templates; all that are switched on when empty.
        public var templates: [String] = []
        /// Backend CAs whose lists are read.
        public var backendCAs: [String] = []
        /// Files with certificates.
        public var files: [InputFile] = []
        /// Certificates themselves, PEM; empty for none.
        public var pem = ""

        public init() {}
    }

    /// Certificates that an answer of the API names; the numbers are of all.
    public static let most = 1000

    /// What Intune holds, by the ids of its records.
    private struct HeldRecords {
        let ids: Set<String>
        /// Those of the connectors' key that is configured here.
        let ours: Set<String>
        /// That key; nil while nothing is delivered.
        let connector: String?
    }

    /// So many are put on record at a time.
    private static let batch = 200

    private let gateway: Gateway
    private let caller: Caller

    public init(_ gateway: Gateway, caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// What would be adopted, and why the rest would not. Reads the directory, the lists, and what Intune holds; changes nothing but
    /// the plan.
    ///
    /// - Parameter onProgress: a backend CA, and how many entries of its list were read.
    /// - Throws: `AccessDenied`; `SettingsError` for a wish that cannot be met; `ConnectorError`, `GraphError`.
    public func look(
        _ wish: Wish, onProgress: @escaping @Sendable (String, Int) -> Void = { _, _ in }
    ) async throws -> AdoptionReport {
        try await entrance.pass(.placeOrder, to: refusable) { try await search(wish, onProgress) }
    }

    /// Does what was shown; what the ledger knows by now is left alone.
    ///
    /// - Parameter expected: how many were to be adopted when somebody looked; nil for whoever has looked at this very report.
    /// - Throws: `Obstacle` where there are others now; `AccessDenied`.
    public func adopt(_ report: AdoptionReport, expected: Int? = nil) async throws -> AdoptionReport {
        try await entrance.pass(.placeOrder, to: refusable, .all) {
            var report = report
            let fitting = report.count(.adopt) + report.count(.adoptAndReplace)
            if let expected, fitting != expected {
                throw Obstacle(
                    "\(fitting) certificates would be adopted now, and \(expected) were expected: nothing was done",
                    instead: "look again, and decide about what it shows")
            }
            let wanted = report.adoptions.indices.filter { report.adoptions[$0].adopted != nil }
            for start in stride(from: 0, to: wanted.count, by: Self.batch) {
                let part = wanted[start...].prefix(Self.batch)
                let made = try await gateway.planner.adopt(
                    part.compactMap { index in
                        var adopted = report.adoptions[index].adopted
                        adopted?.order.actor = AuditActor(named: caller.name)
                        return adopted
                    })
                for index in part {
                    guard let adopted = report.adoptions[index].adopted else { continue }
                    if let order = made[adopted.certificate.sha256Fingerprint] {
                        report.adoptions[index].reference = order.reference
                    } else {
                        report.adoptions[index] = report.adoptions[index].left(
                            because: "has got another order, or is in the ledger, since the look")
                    }
                }
            }
            report.isDone = true
            return report
        }
    }

    private var entrance: Entrance { Entrance(caller, gateway.ledger.audit) }
    private var refusable: Entrance.Wish { Entrance.Wish(.adoptCertificate, AuditObject(.plan, "any")) }

    private func search(
        _ wish: Wish, _ onProgress: @escaping @Sendable (String, Int) -> Void
    ) async throws -> AdoptionReport {
        guard !wish.backendCAs.isEmpty || !wish.files.isEmpty || !wish.pem.isEmpty else {
            throw SettingsError(
                "nothing to look at: --backend-ca NAME reads the list of a CA, --certificates FILE an export of the former product",
                at: .commandLine)
        }
        let templates = try templates(wish.templates)
        let graph = try gateway.graphClient()
        // Who is to have a certificate is decided as for any plan, by the node that may decide.
        let plan = try await gateway.decide(graph)
        var problems = plan?.problems ?? []
        let search = AdoptionSearch(gateway: gateway, onProgress: onProgress)
        var found = try search.read(wish.files) + search.read(pem: wish.pem)
        for name in wish.backendCAs {
            let (more, unread) = try await search.read(name)
            found += more
            problems += unread
        }
        let known = try await gateway.ledger.knownCertificates(found.map(\.certificate.sha256Fingerprint))
        var seen = known
        found = found.filter { seen.insert($0.certificate.sha256Fingerprint).inserted }
        let uploader = try gateway.uploader(graph)
        let records = try await uploader?.certificates() ?? []
        let held = HeldRecords(
            ids: Set(records.map(\.id)), ours: Set(records.filter { uploader?.isOurs($0) ?? false }.map(\.id)),
            connector: uploader?.connector)
        let roots = gateway.backends.names.flatMap { name -> [Certificate] in
            guard case .ready(let backend)? = gateway.backends[name] else { return [] }
            return backend.acceptedRoots
        }
        let revocations = try await AdoptionRevocations(
            found, issuers: roots, gateway.http, now: gateway.ledger.clock.now())
        problems += revocations.problems
        var obstacles = revocations.sentences
        for certificate in found.map(\.certificate) {
            guard let other = try await gateway.ledger.compromise(of: certificate.publicKey) else { continue }
            obstacles[certificate.sha256Fingerprint] =
                "its key is that of certificate \(other), which was revoked as compromised"
        }
        // Whoever took it over would have it without its key, which the order has.
        let own = try await gateway.ledger.ordersWithoutCertificate(forKeys: Set(found.compactMap(\.publicKey)))
        for one in found {
            guard let order = one.publicKey.flatMap({ own[$0] }) else { continue }
            obstacles[one.certificate.sha256Fingerprint] =
                order.stage.isOpen
                ? "it is for the key of order \(order.reference), which is under way"
                : "it is for the key of order \(order.reference), which has ended here as \(order.stage.rawValue): 'certway order "
                    + "show \(order.reference)'"
        }
        let (adoptions, toOrder) = try await decide(
            found, templates, planned: plan.map { Set($0.plans.map(\.template)) } ?? Set(templates.map(\.name)),
            held: held, revoked: obstacles)
        return AdoptionReport(
            adoptions: adoptions, toOrder: toOrder, problems: problems, unknown: revocations.unknown,
            directoryProblems: plan?.problems ?? [])
    }

    private func templates(_ names: [String]) throws -> [TemplateConfiguration] {
        let all = gateway.configuration.templates
        let wanted = try names.map { name in
            guard let template = all.first(where: { $0.name == name }) else {
                throw SettingsError.unknown("template", name, all.map(\.name))
            }
            return template
        }
        return (wanted.isEmpty ? all : wanted).filter(\.enabled)
    }

    /// - Parameters:
    ///   - planned: the templates of which it is known whom they order for.
    ///   - held: what Intune holds.
    ///   - revoked: as `AdoptionRule` has them.
    private func decide(
        _ found: [FoundCertificate], _ templates: [TemplateConfiguration], planned: Set<String>, held: HeldRecords,
        revoked: [String: String]
    ) async throws -> (adoptions: [Adoption], toOrder: [AdoptionReport.Need]) {
        var byName: [String: [Int]] = [:]
        for (index, one) in found.enumerated() { for key in one.keys { byName[key, default: []].append(index) } }
        let holders = try await gateway.mirror.holders(
            of: Set(byName.keys), by: [.mail, .proxyAddress, .userPrincipalName])
        let openers = try await gateway.mirror.openers(
            ofMailboxes: holders.values.reduce(into: []) { $0.formUnion($1) })
        var used: [Int: Adoption] = [:]
        var (before, covered): ([String: Int], [String: Set<String>]) = ([:], [:])
        // First what a template's own CAs have issued: what another CA has issued goes only to whom none of those is left for.
        for isOwn in [true, false] {
            // What is planned by a template that could not be looked at is old news.
            for template in templates where planned.contains(template.name) {
                let own = AdoptionRule(
                    template: template, backends: backends(of: template, own: true), holders: holders,
                    openers: openers, revoked: revoked, now: gateway.ledger.clock.now())
                var rule = own
                if !isOwn { rule.backends = backends(of: template, own: false) }
                var (count, people) = (0, covered[template.name] ?? [])
                try await gateway.planner.forEachFirstOrder(of: template) { orders in
                    count += orders.count
                    for order in orders {
                        let names = RequestedNames(json: order.names)
                        let keys = Set(
                            (names.emails + [names.userPrincipalName].compactMap(\.self)).map(
                                AddressSource.foldedCase))
                        // One that stands for an order of another template already is none for this one.
                        let indices = Set(keys.flatMap { byName[$0] ?? [] }).filter { used[$0]?.adopted == nil }
                            .sorted()
                        guard !indices.isEmpty else { continue }
                        guard !people.contains(order.subscriberID) else {
                            for index in indices where used[index] == nil {
                                used[index] = rule.beside(order, found[index], own: own)
                            }
                            continue
                        }
                        func record(_ one: FoundCertificate) -> String {
                            UserPFXCertificate.id(
                                userID: order.subscriberID, thumbprint: one.certificate.sha1Fingerprint)
                        }
                        let decided = rule.decide(order, indices.map { found[$0] }) { held.ids.contains(record($0)) }
                            .map { held.ours.contains(record($0.found)) ? $0.delivered(for: held.connector) : $0 }
                        let places = Dictionary(
                            indices.map { (found[$0].certificate.sha256Fingerprint, $0) },
                            uniquingKeysWith: { first, _ in first })
                        for adoption in decided where adoption.adopted != nil || !isOwn {
                            guard let place = places[adoption.found.certificate.sha256Fingerprint] else { continue }
                            used[place] = adoption
                            if adoption.adopted != nil { people.insert(order.subscriberID) }
                        }
                    }
                }
                (before[template.name], covered[template.name]) = (count, people)
            }
        }
        let toOrder = templates.map { template in
            let count = before[template.name]
            return AdoptionReport.Need(
                template: template.name, before: count,
                after: count.map { $0 - (covered[template.name]?.count ?? 0) })
        }
        let others = found.indices.filter { used[$0] == nil }
        let strangers = try await AdoptionStrangers(
            gateway: gateway, templates: templates, planned: planned, holders: holders, held: held.ids, revoked: revoked
        ).explain(others.map { found[$0] })
        let adoptions = found.indices.compactMap { used[$0] } + strangers
        return (adoptions.sorted { $0.place < $1.place }, toOrder)
    }

    /// Those that can be made: the template's own, or the others.
    private func backends(of template: TemplateConfiguration, own: Bool) -> [BackendCA] {
        gateway.backends.names.filter { template.isOrderedAt($0) == own }.compactMap { name in
            guard case .ready(let backend)? = gateway.backends[name] else { return nil }
            return backend
        }
    }
}
