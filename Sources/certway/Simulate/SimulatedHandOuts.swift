// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Settings

/// Keys that leave the gateway for a person: recoveries by two people, and certificates for devices that nobody manages. Plays those who
/// ask, decide and fetch, and those who try what they must not, and writes down what each of them got.
struct SimulatedHandOuts {
    /// How long a recovery can be fetched, and a link is good.
    static let lifetimeDays = 5

    private struct HandOut {
        let kind: ScenarioEvent.Kind
        let person: SimulatedWorld.Person
        let outcome: ScenarioEvent.Outcome
        let begun: Date
        /// SHA-1 fingerprint of the certificate that was in use.
        let certificate: String
        /// Number of the recovery, or what the link carries.
        let key: String
        /// What the mails to the owner say of this one alone.
        let mark: String
        var ended: Date?
        /// What came out, by who got it.
        var files: [JSONValue] = []
        /// What those were told who got nothing.
        var refusals: [JSONValue] = []

        var json: JSONValue {
            [
                "kind": .string(kind.rawValue), "person": JSONValue(person.number),
                "outcome": .string(outcome.rawValue),
                "certificate": .string(certificate.lowercased()), "begun": .string(begun.formatted(.iso8601)),
                "ended": JSONValue(ended?.formatted(.iso8601)),
                "mark": .string(mark), "files": .array(files), "refusals": .array(refusals),
            ]
        }

        /// One attempt to get the file; which attempts are to bring one is the judge's matter.
        mutating func attempt(_ who: String, _ body: () async throws -> (file: [UInt8], password: String)) async {
            do {
                let got = try await body()
                files.append([
                    "by": .string(who), "content": .string(Data(got.file).base64EncodedString()),
                    "password": .string(got.password),
                ])
            } catch {
                refusals.append(["by": .string(who), "because": .string("\(error)")])
            }
        }
    }

    private let home: GatewayHome
    private let profiles: Profiles
    private let logger: StandardLogger
    /// The template whose keys are archived.
    private let template: String?
    private var all: [HandOut] = []

    private static let asking = officer("kim", .keyRecoveryAgent)
    private static let agreeing = officer("lea", .keyRecoveryAgent)
    private static let helpdesk = officer("max", .helpdesk)
    private static let origin = "in a simulation"

    init(_ home: GatewayHome, _ profiles: Profiles, _ logger: StandardLogger, _ scenario: Scenario) {
        (self.home, self.profiles, self.logger) = (home, profiles, logger)
        template = scenario.mailboxModel?["name"]?.string
    }

    var json: JSONValue { .array(all.map(\.json)) }

    private static func officer(_ name: String, _ role: Role) -> Caller {
        Caller(name: "\(name)@sandbox.example", roles: [role], origin: origin)
    }

    private static func employee(_ person: SimulatedWorld.Person) -> Caller {
        Caller(name: person.userPrincipalName, roles: [.employee], objectID: person.id, origin: origin)
    }

    /// Somebody asks for a key, or for a certificate on another device. Whoever has no certificate now, or one under way, asks for none.
    ///
    /// - Parameter world: with the people as they are now.
    mutating func begin(_ occurrence: Occurrence, _ world: SimulatedWorld) async throws {
        for person in occurrence.people.compactMap({ world.people[$0] }) where !world.isAway(person.number) {
            guard !all.contains(where: { isOpen($0, occurrence.event.kind, person.number) }) else { continue }
            let gateway = try await Gateway.open(home, profiles: profiles, logger: logger)
            let filter = CertificateFilter(statuses: [.active], template: template, subscriberID: person.id)
            let records = try await gateway.ledger.certificates(filter)
            if let record = records.max(by: { $0.id < $1.id }) {
                let outcome = occurrence.event.outcome ?? .fetched
                do {
                    let begun =
                        try await occurrence.event.kind == .recoverKey
                        ? recovery(of: record, person, outcome, occurrence.date, gateway)
                        : offer(record, person, outcome, occurrence.date, gateway)
                    all.append(begun)
                } catch is Obstacle {
                    // Nothing is offered of what is being revoked.
                }
            }
            await GatewayStore.closeAll()
        }
    }

    private func isOpen(_ one: HandOut, _ kind: ScenarioEvent.Kind, _ person: Int) -> Bool {
        one.kind == kind && one.person.number == person && one.ended == nil
    }

    private func recovery(
        of record: CertificateRecord, _ person: SimulatedWorld.Person, _ outcome: ScenarioEvent.Outcome, _ date: Date,
        _ gateway: Gateway
    ) async throws -> HandOut {
        let purpose = "ticket \(4711 + all.count)"
        let asking = RecoveryAdministration(gateway, caller: Self.asking)
        guard let made = try await asking.request(record.serialNumber, purpose: purpose) else {
            throw SettingsError("a recovery of the simulation does not begin", at: .state)
        }
        let word = "R-\(made.id)"
        var one = HandOut(
            kind: .recoverKey, person: person, outcome: outcome, begun: date,
            certificate: record.sha1Fingerprint, key: word, mark: purpose)
        await one.attempt("the one who asks, alone") {
            _ = try await asking.decide(word, approve: true, because: purpose)
            return (try await asking.fetch(word).bytes, "")
        }
        await one.attempt("the one who asks, too early") { (try await asking.fetch(word).bytes, "") }
        if outcome != .expired {
            _ = try await RecoveryAdministration(gateway, caller: Self.agreeing).decide(
                word, approve: outcome == .fetched, because: "looked at \(purpose)")
        }
        return one
    }

    private func offer(
        _ record: CertificateRecord, _ person: SimulatedWorld.Person, _ outcome: ScenarioEvent.Outcome, _ date: Date,
        _ gateway: Gateway
    ) async throws -> HandOut {
        let device = HandOverDevice.allCases[person.number % HandOverDevice.allCases.count]
        let made = try await HandOverAdministration(gateway, Self.employee(person)).offerOwn(
            record.id, for: device, authenticatedAt: gateway.ledger.clock.now(), isDryRun: false)
        guard let made, let mark = made.link.split(separator: "#package=").last else {
            throw SettingsError("a hand-over of the simulation does not begin", at: .state)
        }
        if outcome == .refused {
            _ = try await HandOverAdministration(gateway, Self.helpdesk).withdraw(
                made.package.id, because: "asked for the wrong device", isDryRun: false)
        }
        return HandOut(
            kind: .handOver, person: person, outcome: outcome, begun: date, certificate: record.sha1Fingerprint,
            key: String(mark), mark: String(mark))
    }

    /// Some days later the file is fetched, or is not to be had any more. Others try it first, and in the end it is tried once more.
    mutating func end(_ occurrence: Occurrence, _ world: SimulatedWorld) async throws {
        for number in occurrence.people {
            guard let index = all.firstIndex(where: { isOpen($0, occurrence.event.kind, number) }) else { continue }
            let gateway = try await Gateway.open(home, profiles: profiles, logger: logger)
            if occurrence.event.kind == .recoverKey {
                await Self.fetchRecovery(&all[index], gateway)
            } else if !world.isAway(number) {
                await Self.fetchOffer(&all[index], world.people[number == 1 ? 2 : 1], gateway)
            }
            all[index].ended = occurrence.date
            await GatewayStore.closeAll()
        }
    }

    private static func fetchRecovery(_ one: inout HandOut, _ gateway: Gateway) async {
        let asking = RecoveryAdministration(gateway, caller: asking)
        let agreeing = RecoveryAdministration(gateway, caller: agreeing)
        let word = one.key
        await one.attempt("the one who agrees") { (try await agreeing.fetch(word).bytes, "") }
        await one.attempt("entitled") {
            let file = try await asking.fetch(word).bytes
            return (file, try await agreeing.password(word).revealed)
        }
        await one.attempt("the one who asks, again") { (try await asking.fetch(word).bytes, "") }
    }

    private static func fetchOffer(
        _ one: inout HandOut, _ stranger: SimulatedWorld.Person?, _ gateway: Gateway
    ) async {
        let own = HandOverAdministration(gateway, employee(one.person))
        let token = one.key
        if let stranger {
            let other = HandOverAdministration(gateway, employee(stranger))
            await one.attempt("a stranger") {
                (try await other.fetch(token: token).content.withBytes(Array.init), "")
            }
        }
        await one.attempt("entitled") {
            let (file, package) = try await own.fetch(token: token)
            let now = gateway.ledger.clock.now()
            // The one that was made in the same breath.
            let password = try await own.ownPackages().first {
                $0.purpose == .handOverPassword && $0.about == package.about && $0.isOpen(at: now)
            }
            return (file.withBytes(Array.init), try await own.password(password?.id ?? 0).revealed)
        }
        await one.attempt("the owner, again") {
            (try await own.fetch(token: token).content.withBytes(Array.init), "")
        }
    }
}
