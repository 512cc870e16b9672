// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// A bit more than a year of a made-up company, in which everything has happened that a console shows: the days are counted back from
/// the present.
struct LiveDemoHistory {
    private typealias CA = LiveDemoSetup.CA
    private typealias Name = LiveDemoOffice.Name

    private static let limits: JSONValue = [
        "ordersPerRun": 150, "endingsPerRun": 10, "budgetPerMonth": "4000.00 EUR", "interval": "1m",
    ]

    let world: LiveDemoWorld
    let company: LiveDemoCompany
    let setup: LiveDemoSetup
    let office: LiveDemoOffice
    /// Told what is being done.
    let progress: @Sendable (String) -> Void

    /// The day on which everything begins.
    static let firstDay = 402.0

    static func firstConfiguration(_ setup: LiveDemoSetup) throws -> String {
        try setup.configuration(isComplete: false, limits: limits)
    }

    func run() async throws {
        try await begin()
        try await switchToAnotherCA()
        try await everydayLife()
        try await renewals()
        try await lastDays()
        try await world.arrive()
        try await office.apply(
            LiveDemoSetup(
                folder: setup.folder, tenant: setup.tenant, authorities: setup.authorities.withLimits(),
                groups: setup.groups, port: setup.port
            ).configuration(isComplete: true, limits: Self.limits), by: Name.alan)
    }

    /// Who comes first, at the CA that was in use then.
    private func begin() async throws {
        progress("a year ago: the first people come")
        for (days, people) in company.early {
            try await world.go(to: days)
            try await world.move(people, in: true)
            try await office.settle(consented: people.count, at: connector(CA.publicCA))
        }
        try await world.go(to: 270)
        let leavers = company.early[0].people.prefix(2) + company.early[1].people.prefix(3)
        try await office.except(
            Array(leavers.suffix(1)), .leaveOut, template: "smime", days: 20,
            because: "parental leave, ticket 2207", by: Name.grace)
        try await world.move(leavers.prefix(2), in: false)
        try await office.look()
        try await world.go(to: 262)
        try await office.settle(at: connector(CA.publicCA))
    }

    private func switchToAnotherCA() async throws {
        progress("the template goes to another CA")
        try await world.go(to: 250)
        try await office.switchCA(
            of: "smime", to: CA.publicCA, product: setup.authorities.product(at: CA.publicCA), price: "18.00 EUR",
            by: Name.grace)
        try await office.apply(
            try setup.configuration(isComplete: true, limits: Self.limits), by: Name.grace)
        try await world.go(to: 200)
        try await world.move(company.later, in: true)
        try await world.move(company.contractors, in: true, group: setup.groups.contractors)
        try await world.move(company.board, in: true, group: setup.groups.board)
        try await world.move(company.signIn, in: true, group: setup.groups.signIn)
        try await office.settle(
            consented: world.mailboxCount() + company.later.count + company.contractors.count + company.board.count
                + company.signIn.count,
            at: connector(CA.publicCA))
    }

    /// Marriages, departures, lost devices.
    private func everydayLife() async throws {
        progress("marriages, departures, lost devices")
        let (settled, later) = (company.early[3].people, company.later)
        try await world.go(to: 150)
        try await world.marry(settled[0], surname: "Hollerith")
        try await world.marry(later[0], surname: "Noether")
        try await office.settle(at: connector(CA.publicCA))
        try await world.go(to: 120)
        // Who goes to another department opens the mailbox no more, so its key is changed.
        try await world.change(
            "support@sandbox.example", grant: [later[3 % later.count]], take: [company.early[2].people[0]])
        try await office.revoke(
            [settled[1], later[1]], .keyCompromise, because: "laptop stolen, ticket 3120", by: Name.alan)
        try await office.settle(at: connector(CA.publicCA))
        try await world.go(to: 95)
        try await world.revoke(later[2 % later.count], at: connector(CA.publicCA))
        try await world.disable(company.early[4].people[0])
        try await office.look()
        try await world.go(to: 87)
        try await office.settle(at: connector(CA.publicCA))
    }

    private func renewals() async throws {
        progress("renewals")
        for days in [72.0, 60, 38, 30, 24] {
            try await world.go(to: days)
            try await office.settle(at: connector(CA.publicCA))
        }
        try await office.except(
            [company.new[0]], .leaveOut, template: "smime", days: 60, because: "external auditor until spring",
            by: Name.alan)
        // Some of those whose turn comes now do not answer the CA's mail.
        let silent = Set(company.early[2].people.suffix(6).map(\.id))
        let others = world.people.filter { !silent.contains($0.id) }
        for days in [16.0, 12, 9] {
            try await world.go(to: days)
            try await office.settle(clicking: others, at: connector(CA.publicCA))
        }
    }

    private func connector(_ name: String) -> String { setup.authorities.connector(of: name) }
}
