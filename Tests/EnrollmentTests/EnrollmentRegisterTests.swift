// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger
import Settings
import Store
import TestSupport
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// The numbers of a plan, and the people behind each.
@Suite(.timeLimit(.minutes(5))) struct EnrollmentRegisterTests {
    private let gateway: TestGateway
    private let register: EnrollmentRegister

    init() async throws {
        gateway = try await TestGateway(agentValidDays: 3650)
        register = EnrollmentRegister(database: gateway.database, clock: gateway.clock)
    }

    @discardableResult
    private func plan(_ members: String = "", backendCA: String = "main") async throws -> PlanSummary {
        try await gateway.planner.plan(TestGateway.template(members, backendCA: backendCA), product: nil)
    }

    private func count() async throws -> PeopleCount { try #require(try await register.counts()["smime"]) }

    /// A member with a certificate in use.
    private func issue(_ name: String) async throws {
        try await gateway.put(name, TestGateway.attributes(name))
        try await gateway.plan(name)
        try await gateway.work()
    }

    private func status(_ name: String) async throws -> EnrolledPerson? {
        try await register.people(PersonFilter(subscriberID: name)).first
    }

    /// Half-way through a roll-out: an order is no certificate.
    @Test func everybodyIsCountedOnceWhereTheyStand() async throws {
        try await issue("expired")
        gateway.clock.advance(86_400 * 400)
        try await issue("inuse")
        for name in ["underway", "held", "toorder", "refused", "cancelled"] {
            try await gateway.put(name, TestGateway.attributes(name))
        }
        try await gateway.put("off", TestGateway.attributes("off", enabled: false))
        try await gateway.put("gone", TestGateway.attributes("gone"), isPresent: false)
        try await gateway.plan("underway")
        try await gateway.ledger.hold(gateway.plan("held"), reason: "look at the name", by: "eve")
        try await gateway.end(gateway.plan("refused", terms: ""), "rejected", "no such domain", .rejected)
        try await gateway.ledger.requestCancel(gateway.plan("cancelled"), by: "eve")
        try await plan()
        let expected: [String: PersonStatus] = [
            "expired": .toOrder, "inuse": .inUse, "underway": .underWay, "held": .held, "toorder": .toOrder,
            "refused": .waiting, "cancelled": .ended, "off": .leftOut, "gone": .left,
        ]
        for (name, expected) in expected { #expect(try await status(name)?.status == expected, "\(name)") }
        let count = try await count()
        #expect(count.members == 8)
        for status in PersonStatus.allCases {
            #expect(count[status] == expected.values.count { $0 == status }, "\(status)")
            // Every number has its people.
            #expect(
                try await register.people(PersonFilter(template: "smime", status: status)).map(\.subscriberID)
                    == expected.filter { $0.value == status }.keys.sorted(), "\(status)")
        }
        #expect(try await status("held")?.reason.contains("look at the name") == true)
        #expect(try await status("refused")?.reason.contains("no such domain") == true)
        #expect(try await status("off")?.reason == "the account is disabled")
        let inUse = try #require(try await status("inuse"))
        #expect(inUse.serialNumber != nil && inUse.notAfter != nil)
        #expect(try await status("expired")?.serialNumber == nil)
        // What happens to orders counts at once, without another plan.
        try await gateway.work()
        #expect(try await self.count()[.inUse] == 2)
        #expect(try await self.count()[.underWay] == 0)
    }

    /// Nearly all orders are in one stage: who is looked up by it is looked for among all, for each of all.
    @Test(.onlySQLite("its way of explaining a statement")) func nobodysOrderIsLookedForAmongAll() async throws {
        let steps = try await gateway.database.read { connection in
            try connection.query("EXPLAIN QUERY PLAN \(EnrollmentRegister.people)", [.integer(0)]) {
                try $0["detail"] as String
            }
        }
        for table in ["a", "w"] {
            let step = steps.first { $0.contains(" \(table) ") }
            #expect(step?.contains("orders_subscriber (template=? AND subscriber_id=?)") == true, "\(steps)")
        }
        #expect(steps.contains { $0.hasPrefix("SEARCH c USING INTEGER PRIMARY KEY") }, "\(steps)")
    }

    /// One person, all templates of a policy: who lacks one is found, whoever has left lacks none.
    @Test func thePeopleOfAPolicyAreListedOnce() async throws {
        try await issue("both")
        try await issue("mail")
        for name in ["none", "gone"] {
            try await gateway.put(name, TestGateway.attributes(name), isPresent: name != "gone")
        }
        try await plan()
        let logon = try ConfigurationReader.read(
            """
            templates:
              - {name: logon, group: \(TestGateway.group), backendCA: main, product: p, key: p256, delivery: none}
            """, file: "test"
        ).templates[0]
        _ = try await gateway.planner.plan(logon, product: nil)
        _ = try await gateway.ledger.plan(
            NewOrder(
                template: "logon", backendCA: "main", product: "p", subscriberID: "both",
                userPrincipalName: "both@example.test",
                names: RequestedNames(commonName: "both", emails: ["both@example.test"]).json,
                request: OrderTerms(template: logon).json))
        try await gateway.work()
        func people(_ isComplete: Bool?, _ sort: ListSort? = nil) async throws -> [PolicyMember] {
            var (seen, request): ([PolicyMember], ListRequest) = ([], ListRequest(sort: sort, limit: 2))
            while true {
                let page = try await register.people(of: ["smime", "logon"], isComplete: isComplete, request)
                seen += page.items
                guard let next = page.next else { return seen }
                request = ListRequest(after: next, limit: 2)
            }
        }
        let all = try await people(nil)
        #expect(all.map(\.subscriberID) == ["both", "gone", "mail", "none"])
        #expect(all[0].isComplete && all[0].standings.mapValues(\.status) == ["smime": .inUse, "logon": .inUse])
        #expect(!all[2].isComplete && all[2].standings.mapValues(\.status) == ["smime": .inUse, "logon": .toOrder])
        #expect(try await people(true).map(\.subscriberID) == ["both"])
        #expect(try await people(false).map(\.subscriberID) == ["mail", "none"])
        #expect(
            try await people(nil, ListSort("complete", isDescending: true)).map(\.subscriberID).prefix(2)
                == ["both", "mail"])
    }

    @Test func pagesFollowOnEachOther() async throws {
        for number in 0..<25 { try await gateway.put("user\(number)", TestGateway.attributes("user\(number)")) }
        try await plan()
        for (sort, isReversed) in [(ListSort("user"), false), (ListSort("status", isDescending: true), true)] {
            var seen: [String] = []
            var request = ListRequest(sort: sort, limit: 10)
            while true {
                let page = try await register.people(PersonFilter(), request)
                #expect(page.matches == ListMatches(25) && page.skipped == seen.count)
                seen += page.items.map(\.userPrincipalName)
                guard let next = page.next else { break }
                let cursor = try #require(ListCursor(next.text))
                request = ListRequest(after: cursor, limit: 10)
            }
            // All have one status, so that the names decide.
            let names = (0..<25).map { "user\($0)@example.test" }.sorted()
            #expect(seen == (isReversed ? names.reversed() : names))
        }
    }

    /// Named as soon as the directory or the template says so, and no more once it does not.
    @Test func certificatesThatWouldNotBeOrderedTodayAreNamed() async throws {
        for name in ["ada", "bob", "cyd", "dan"] { try await issue(name) }
        try await plan()
        #expect(try await count().concerns.isEmpty)
        #expect(try await count()[.inUse] == 4)
        try await gateway.put("ada", TestGateway.attributes("ada", enabled: false))
        var renamed = TestGateway.attributes("bob")
        renamed["displayName"] = "Bob Married"
        try await gateway.put("bob", renamed)
        try await gateway.put("cyd", TestGateway.attributes("cyd"), isPresent: false)
        try await gateway.put("dan", TestGateway.attributes("dan"), isPresent: false, isDeleted: true)
        try await plan()
        #expect(try await count().concerns == [.disabled: 1, .renamed: 1, .departed: 2])
        #expect(try await count()[.inUse] == 2)
        #expect(try await count()[.left] == 2)
        #expect(
            try await register.people(PersonFilter(concern: .departed)).map { $0.reason.prefix { $0 != ";" } } == [
                "left the group", "deleted from the tenant",
            ])
        #expect(try await register.people(PersonFilter(concern: .disabled)).map(\.subscriberID) == ["ada"])
        let bob = try await register.people(PersonFilter(concern: .renamed)).first
        #expect(bob?.reason.contains("commonName") == true)
        try await gateway.put("ada", TestGateway.attributes("ada"))
        try await gateway.put("bob", TestGateway.attributes("bob"))
        try await plan()
        #expect(try await count().concerns == [.departed: 2])
        // Nothing is ordered for anybody of them.
        #expect(try await gateway.planner.order(TestGateway.template(), limit: 10) == 0)
    }

    /// A user principal name is an identity of its own, also where it is not certified.
    @Test func anotherUserPrincipalNameIsAnotherName() async throws {
        try await issue("ada")
        var renamed = TestGateway.attributes("ada")
        renamed["userPrincipalName"] = "lovelace@example.test"
        try await gateway.put("ada", renamed)
        try await plan()
        #expect(try await status("ada")?.concern == .renamed)
        #expect(try await status("ada")?.reason.contains("was ada@example.test") == true)
    }

    @Test func anotherCAOrGroupOfATemplateNamesWhoHasACertificate() async throws {
        try await issue("ada")
        try await plan()
        try await plan(backendCA: "other")
        #expect(try await status("ada")?.concern == .otherCA)
        #expect(try await status("ada")?.reason.contains("the template names other") == true)
        var template = try TestGateway.template()
        template.group = "bbbbbbbb-0000-0000-0000-00000000000b"
        template.fingerprint += "changed"
        _ = try await gateway.planner.plan(template, product: nil)
        let ada = try #require(try await status("ada"))
        #expect(ada.status == .left && ada.concern == .departed)
    }

    /// What is not on the devices is not in use, whoever has taken it from there.
    @Test func whatWasTakenFromTheDevicesIsNotInUse() async throws {
        for name in ["ada", "bob"] { try await issue(name) }
        try await plan()
        let id: Int64 = try #require(
            try await gateway.ledger.orders().first { $0.subscriberID == "ada" }?.certificateID)
        try await gateway.ledger.noteWithdrawn(certificateID: id, "it is no longer in Intune")
        #expect(try await count().statuses == [.inUse: 1, .withdrawn: 1])
        let ada = try #require(try await status("ada"))
        #expect(ada.status == .withdrawn && ada.withdrawal == "it is no longer in Intune")
        #expect(ada.reason == "it is no longer in Intune; 'certway order again \(ada.order ?? "?")' orders another one")
        #expect(try await count().valid == 2)
        // Where the template says so, another one takes its place.
        let reported = try await plan()
        #expect(reported.actions.isEmpty)
        // As long as it lasts.
        #expect(reported.standstill.count == 1 && reported.standstill[0].contains("1 person was deleted in Intune"))
        let reordered = try await plan(", onDeletedInIntune: reorder")
        #expect(reordered.actions == [.replace: 1] && reordered.standstill.isEmpty, "\(reordered.standstill)")
        #expect(try await status("ada")?.status == .toOrder)
    }

    /// The planner's verdicts can be thrown away at any time, and a template's are, each time it changes.
    @Test func whoHasACertificateIsNeverOutOfSight() async throws {
        try await issue("ada")
        let before = try #require(try await status("ada"))
        #expect(before.status == .left && before.concern == .departed && before.serialNumber != nil, "\(before)")
        #expect(try await count().valid == 1)
        try await plan()
        let after = try #require(try await status("ada"))
        #expect(after.status == .inUse && after.concern == nil)
        #expect(try await count().members == 1)
    }

    /// Over is over, whether or not it is on record yet.
    @Test func whatIsOverIsNotInUse() async throws {
        try await issue("ada")
        var attributes = TestGateway.attributes("ada")
        attributes["displayName"] = "Tab\tName"
        try await gateway.put("ada", attributes)
        try await plan()
        #expect(try await status("ada")?.status == .inUse)
        gateway.clock.advance(86_400 * 400)
        #expect(try await status("ada")?.status == .ended)
        try await gateway.ledger.noteExpiries()
        try await plan()
        let ada = try #require(try await status("ada"))
        #expect(ada.status == .ended && ada.reason.hasPrefix("the time of its certificate is over; "), "\(ada.reason)")
    }

    /// Who has left and whose certificate's time is over is nobody to look at.
    @Test func onlyValidCertificatesAreOfConcern() async throws {
        try await issue("ada")
        try await gateway.put("ada", TestGateway.attributes("ada"), isPresent: false)
        try await plan()
        #expect(try await count().concerns == [.departed: 1])
        gateway.clock.advance(86_400 * 400)
        #expect(try await count().concerns.isEmpty)
        #expect(try await register.people(PersonFilter(concern: .departed)).isEmpty)
    }

    /// On every engine, by each of what is asked for.
    @Test func everyFilterIsAnswered() async throws {
        for limit in [10, Int.max] {
            for concern in CertificateConcern.allCases {
                #expect(try await register.people(PersonFilter(concern: concern, limit: limit)).isEmpty)
            }
            for replacement in Replacement.allCases {
                #expect(try await register.people(PersonFilter(replacement: replacement, limit: limit)).isEmpty)
            }
            for status in PersonStatus.allCases {
                #expect(try await register.people(PersonFilter(status: status, limit: limit)).isEmpty)
            }
        }
    }
}
