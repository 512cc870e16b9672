// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Ledger
import Testing

/// What an employee sees and may do: one's own, and nothing else.
@Suite(.timeLimit(.minutes(5))) struct OwnCertificateTests {
    private static func employee(_ id: String?) -> Caller {
        Caller(name: "\(id ?? "token")@example.org", roles: [.employee], objectID: id, origin: "signed in")
    }

    @Test func onesOwnAndNothingElse() async throws {
        let office = try await Office()
        let now = office.ledger.clock.now()
        for person in ["ada", "bob"] {
            try await office.issue(person, by: (office.root, office.rootKey), at: now, .active)
        }
        let gateway = try await office.gateway()
        let own = OwnCertificates(gateway, Self.employee("ada"))
        let mine = try await own.list().items
        #expect(mine.map(\.subscriberID) == ["ada"])
        #expect(try await OwnCertificates(gateway, Self.employee(nil)).list().items.isEmpty)
        let others = try await office.ledger.certificates(CertificateFilter(subscriberID: "bob")).map(\.id)
        await #expect(throws: Obstacle("number \(others[0]) is none of your certificates")) {
            _ = try await own.revoke(mine.map(\.id) + others, reason: .keyCompromise, cause: "lost", isDryRun: false)
        }
        #expect(try await office.ledger.standingActions(certificateIDs: others + mine.map(\.id)).isEmpty)
        // The CA cannot be asked to: a person there is told, and the employee is not sent away.
        let done = try await own.revoke(mine.map(\.id), reason: .keyCompromise, cause: "lost", isDryRun: false)
        #expect(done.refused.isEmpty)
        let asked = try await office.ledger.standingActions(certificateIDs: mine.map(\.id)).values.joined()
        // As the page promises it.
        #expect(asked.count == 1 && asked.allSatisfy(\.isOrderedAgain))
        await #expect(throws: AccessDenied.self) {
            _ = try await OwnCertificates(
                gateway, Caller(name: "ada@example.org", roles: [.administrator], objectID: "ada", origin: "group")
            ).revoke(mine.map(\.id), reason: .superseded, cause: "so", isDryRun: false)
        }
    }
}
