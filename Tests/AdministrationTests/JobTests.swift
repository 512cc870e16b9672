// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Gateway
import Ledger
import Testing

/// Recurring work: now, not for a while, and again.
@Suite(.timeLimit(.minutes(5))) struct JobTests {
    private let office: Office
    private let gateway: Gateway
    private let jobs: JobAdministration

    init() async throws {
        office = try await Office()
        gateway = try await office.gateway()
        jobs = JobAdministration(
            gateway, caller: Caller(name: "ada", roles: [.administrator], origin: "by group CW-Admins"))
    }

    @Test func itRestsUntilSomebodyLetsItGoOn() async throws {
        #expect(try await jobs.pause(.plan, isDryRun: true).pausedBy == "ada")
        #expect(try await !JobWish.of(.plan, in: office.ledger).isPaused)
        _ = try await jobs.pause(.plan, isDryRun: false)
        #expect(try await JobWish.of(.plan, in: office.ledger).pausedBy == "ada")
        let told = "plan rests since"
        #expect(
            try await OverviewAdministration(gateway).needs(at: Date()).contains {
                $0.isUrgent && $0.text.hasPrefix(told)
            })
        #expect(try await gateway.standingOrders(at: Date()).contains { $0.hasPrefix(told) })
        #expect(try await gateway.store.placementStops().reason(template: "smime")?.hasPrefix(told) == true)
        let list = try await jobs.list()
        #expect(list.first { $0["name"] == "plan" }?["pausedBy"] == "ada" && list.count == JobBook.Job.allCases.count)
        await #expect(throws: Obstacle("plan rests already, for ada")) {
            _ = try await jobs.pause(.plan, isDryRun: false)
        }
        _ = try await jobs.resume(.plan, isDryRun: false)
        await #expect(throws: Obstacle("plan does not rest")) { _ = try await jobs.resume(.plan, isDryRun: false) }
        #expect(try await !JobWish.of(.plan, in: office.ledger).isPaused)
        #expect(try await gateway.standingOrders(at: Date()).isEmpty)
    }

    @Test func whatRestsIsNotRunAndWhatFollowsHasNoRunOfItsOwn() async throws {
        #expect(try await jobs.run(.directory, isDryRun: false).runAskedAt != nil)
        _ = try await jobs.pause(.directory, isDryRun: false)
        await #expect(throws: Obstacle.self) { _ = try await jobs.run(.directory, isDryRun: false) }
        await #expect(throws: Obstacle.self) { _ = try await jobs.run(.plan, isDryRun: false) }
        await #expect(throws: Obstacle.self) { _ = try await jobs.pause(.watch, isDryRun: false) }
        let helpdesk = JobAdministration(gateway, caller: Caller(name: "bob", roles: [.helpdesk], origin: "group"))
        await #expect(throws: AccessDenied.self) { _ = try await helpdesk.resume(.directory, isDryRun: false) }
        #expect(try await JobWish.of(.directory, in: office.ledger).isPaused)
    }
}
