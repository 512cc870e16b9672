// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import Foundation
import Gateway
import Ledger
import Planning
import Settings

/// What the administrators of a live demo's gateway have done in its past, through the same use cases as commands and console.
struct LiveDemoOffice {
    /// Who acts.
    enum Name { static let (grace, alan) = ("grace.admin@sandbox.example", "alan.admin@sandbox.example") }

    let home: GatewayHome
    let profiles: Profiles
    let logger: StandardLogger
    let gateway: Gateway
    let world: LiveDemoWorld
    private let pass: SinglePass

    init(
        _ configuration: String, _ home: GatewayHome, _ profiles: Profiles, _ logger: StandardLogger,
        _ world: LiveDemoWorld
    ) async throws {
        (self.home, self.profiles, self.logger, self.world) = (home, profiles, logger, world)
        try await Self.apply(configuration, home, profiles, by: Name.grace)
        gateway = try await Gateway.open(home, profiles: profiles, logger: logger)
        pass = SinglePass(gateway)
    }

    private static func caller(_ name: String) -> Caller {
        Caller(name: name, roles: [.administrator], origin: "by group CW-Administrators")
    }

    func apply(_ configuration: String, by name: String) async throws {
        try await Self.apply(configuration, home, profiles, by: name)
    }

    private static func apply(_ text: String, _ home: GatewayHome, _ profiles: Profiles, by name: String) async throws {
        _ = try await ConfigurationAdministration(home, profiles, caller: .commandLine(name)).apply(
            text, file: "certway.yaml", prunes: false, isDryRun: false)
    }

    /// The gateway as it is configured by now.
    func current() async throws -> Gateway { try await gateway.reloaded() }

    /// Passes until nothing moves any more that waits for nobody.
    ///
    /// - Parameters:
    ///   - consented: new orders that an administrator has agreed to.
    ///   - clicking: who answers the CA's mails in between; nil for all.
    func settle(consented: Int? = nil, clicking: [LiveDemoWorld.Person]? = nil, at ca: String) async throws {
        var waiting = Int.max
        for round in 0..<6 {
            _ = try await pass.run(consented: round == 0 ? consented : nil, by: Name.grace, until: nil)
            let open = try await gateway.ledger.counts().filter(\.stage.isOpen).reduce(0) { $0 + $1.count - $1.held }
            guard open > 0, open < waiting || round < 2 else { return }
            waiting = open
            try await world.click(clicking, at: ca)
            try await world.advance(25)
        }
    }

    /// The directory is read and what is due is done, once.
    func look() async throws { _ = try await pass.run(consented: nil, until: nil) }

    func revoke(_ people: [LiveDemoWorld.Person], _ reason: RevocationReason, because cause: String, by name: String)
        async throws
    {
        let actions = CertificateActions(gateway.ledger, gateway.mirror, caller: Self.caller(name))
        for person in people {
            var selection = CertificateSelection()
            selection.words = [person.userPrincipalName]
            // Who has none by now has nothing to lose.
            guard let found = try? await actions.find(selection).found else { continue }
            _ = try await actions.revoke(found, reason: reason, cause: cause, delay: nil)
        }
    }

    func except(
        _ people: [LiveDemoWorld.Person], _ kind: EnrollmentException.Kind, template: String, days: Double,
        because cause: String, by name: String
    ) async throws {
        _ = try await ExceptionAdministration(try await current(), caller: Self.caller(name)).add(
            people.map(\.userPrincipalName), template: template, kind,
            until: gateway.ledger.clock.now().addingTimeInterval(days * 86_400), because: cause)
    }

    func switchCA(of template: String, to ca: String, product: String, price: String, by name: String) async throws {
        let report = try await CASwitchAdministration(try await current(), caller: Self.caller(name)).begin(
            CASwitchRequest(
                template: template, backendCA: ca, product: product, members: ["price": .string(price)],
                isOffline: true), isDryRun: false)
        guard report.obstacles.isEmpty else {
            throw SettingsError("the demo's template does not go to \(ca): \(report.obstacles.joined(separator: "; "))")
        }
    }

    /// Everything of a template that was issued at a CA before a day is replaced.
    func startIncident(
        _ name: String, template: String, backendCA: String, issuedBefore: Date, hours: Double, pace: Int,
        because cause: String, by actor: String
    ) async throws {
        let gateway = try await current()
        let now = gateway.ledger.clock.now()
        var selection = CertificateSelection()
        (selection.template, selection.backendCA, selection.issuedBefore) = (template, backendCA, issuedBefore)
        var incident = Incident(
            name: name, reason: .superseded, cause: cause, actor: actor, startedAt: now,
            deadline: now.addingTimeInterval(hours * 3600), accepted: 0)
        (incident.canary, incident.isCanaryAutomatic, incident.pace) = (1, true, pace)
        let administration = IncidentAdministration(gateway, caller: Self.caller(actor))
        let first = try await administration.preview(incident, selection)
        incident.accepted = first.items.count
        _ = try await administration.start(try await administration.preview(incident, selection))
    }

    /// Two of those whose key is still kept are offered their certificate for a phone; one offer is taken back.
    func handOver(to people: [LiveDemoWorld.Person], by name: String) async throws {
        let administration = HandOverAdministration(try await current(), Self.caller(name))
        var made = 0
        for person in people where made < 2 {
            let filter = CertificateFilter(statuses: [.active], template: "smime", subscriberID: person.id, limit: 1)
            guard let record = try await gateway.ledger.certificates(filter).first,
                let offer = try? await administration.offer(
                    record, for: made == 0 ? .iphone : .android, isDryRun: false)
            else { continue }
            made += 1
            guard made == 2 else { continue }
            _ = try await administration.withdraw(
                offer.package.id, because: "asked for the wrong phone, ticket 4720", isDryRun: false)
        }
    }
}
