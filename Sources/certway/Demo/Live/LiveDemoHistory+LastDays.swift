// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

extension LiveDemoHistory {
    private typealias CA = LiveDemoSetup.CA
    private typealias Name = LiveDemoOffice.Name

    /// What is under way at present, begun within the last days.
    func lastDays() async throws {
        progress("the last days: what waits, what fails, an incident, an outage")
        let publicCA = setup.authorities.connector(of: CA.publicCA)
        let new = company.new
        // Most of the contractors have left.
        try await world.go(to: 6)
        try await world.move(
            company.contractors.prefix(company.contractors.count * 3 / 4), in: false, group: setup.groups.contractors)
        try await office.look()
        // A certificate says more than was asked for.
        try await world.go(to: 5)
        try await world.set(publicCA, ["disobey": ["extra-address"]])
        try await world.move([new[1]], in: true)
        try await office.settle(clicking: [new[1]], at: publicCA)
        try await world.set(publicCA, ["disobey": []])
        // The CA refuses somebody.
        try await world.go(to: 4)
        try await world.set(publicCA, ["rejectNext": "mail domain not validated"])
        try await world.move([new[2 % new.count]], in: true)
        try await office.settle(clicking: [], at: publicCA)
        // Answers get lost at a CA that cannot be searched.
        try await world.go(to: 3)
        let known = Set(company.signIn.map(\.id))
        let next = company.early.flatMap(\.people).filter { $0.canSignIn && !known.contains($0.id) }.prefix(3)
        try await world.loseAnswers(2, of: ".submit")
        try await world.move(next, in: true, group: setup.groups.signIn)
        try await office.settle(clicking: [], at: publicCA)
        // People who have not clicked yet.
        try await world.go(to: 2)
        try await world.move(new.dropFirst(3).prefix(5), in: true)
        try await office.settle(clicking: [], at: publicCA)
        try await office.startIncident(
            "wrong-order-of-names", template: "smime", backendCA: CA.publicCA,
            issuedBefore: world.present.addingTimeInterval(-140 * 86_400), hours: 120, pace: 1,
            because: "public-ca: subject names in the wrong order, all certificates before July", by: Name.grace)
        // Half of those who must click do so at once.
        let slow = company.early[2].people.suffix(6) + company.new + company.later.suffix(company.later.count / 2)
        let slowOnes = Set(slow.map(\.id))
        let prompt = world.people.filter { !slowOnes.contains($0.id) }
        for hours in stride(from: 40.0, through: 7, by: -6) {
            try await world.go(to: hours / 24)
            try await office.settle(clicking: prompt, at: publicCA)
        }
        // The old CA does not answer any more; somebody is new there, and a certificate of it is to be revoked.
        try await world.go(to: 5.0 / 24)
        try await world.set(setup.authorities.connector(of: CA.oldCA), ["outage": true])
        try await world.move(new.suffix(2), in: true, group: setup.groups.board)
        try await office.revoke(
            [company.board[0]], .keyCompromise, because: "phone lost, ticket 4711", by: Name.alan)
        try await office.look()
        try await world.go(to: 1.0 / 24)
        try await office.look()
        try await office.handOver(to: world.people, by: Name.alan)
    }
}
