// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// A made-up year, told and judged; the judge of the tests is another program over the sandbox's records.
@Suite(.timeLimit(.minutes(30))) struct SimulateTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func simulate(_ scenario: String, _ arguments: [String] = [], timeLimit: Double = 900) async throws -> Run {
        try await Run.certway(
            ["simulate", "--scenario", try folder.write(scenario, to: "scenario.yaml"), "--output", "json"] + arguments,
            timeLimit: timeLimit)
    }

    /// Shared mailboxes change hands, others edit the address list, connector and recovery agent get other keys, and people ask for keys:
    /// keys, address list and notices are as they must be, and mail of every month is read. Then each promise is broken in the records, and
    /// both judges say it.
    @Test func everybodyHasTheKeysAndNobodyElse() async throws {
        let seed = TestSeed.choose("the events and the kills", in: 1...1_000_000)
        let kept = folder.path("kept")
        let run = try await simulate(
            """
            months: 2
            people: 11
            mailboxes: 2
            passEvery: 2
            rates: {}
            events:
              - {event: gainMailbox, day: 6, mailbox: 1, who: 9}
              - {event: recoverKey, day: 6, days: 3, who: 10, outcome: fetched}
              - {event: handOver, day: 9, days: 3, who: 10, outcome: fetched}
              - {event: recoverKey, day: 12, days: 4, who: 11, outcome: refused}
              - {event: handOver, day: 16, days: 4, who: 11, outcome: refused}
              - {event: recoverKey, day: 24, days: 6, who: 11, outcome: expired}
              - {event: handOver, day: 24, days: 9, who: 10, outcome: expired}
              - {event: editAddressList, day: 9, who: [2, 5]}
              - {event: loseMailbox, day: 12, mailbox: 1, who: 1}
              - {event: rotateConnectorKey, day: 16}
              - {event: changeAddress, day: 20, who: 4}
              - {event: retireAgent, day: 24}
              - {event: leave, day: 30, who: 6}
              - {event: editAddressList, day: 33, who: [2, 4]}
            """, ["--seed", "\(seed)", "--kills", "6", "--keep", kept])
        let told = try run.json
        #expect(run.status == 0 && told["violations"] == [], "seed \(seed): \(told.text) \(run.errors)")
        #expect(told["kills"] == 6 && told["mailboxes"] == 2)
        #expect((told["mailsOpened"]?.int ?? 0) >= 2, "\(told.text)")
        #expect(told["keysHandedOut"] == 2, "\(told.text)")
        _ = try await judge(told, kept)
        let records = try JSONValue(parsing: String(contentsOfFile: "\(kept)/records.json", encoding: .utf8))
        // Each was tried by those who must not as well, and they were told why not.
        let tried = (records["handOuts"]?.array ?? []).map { $0["refusals"]?.array?.count ?? 0 }
        #expect(tried == [4, 2, 5, 3, 3, 5], "\(records["handOuts"]?.text ?? "")")
        for wrong in WrongRecords.all {
            let file = try folder.write(wrong.change(records).text, to: "records.json")
            let run = try await Run.certway(["simulate", "--judge", file, "--output", "json"])
            #expect(run.status == 4, "\(wrong.name): \(run.output) \(run.errors)")
            let said = try run.json
            for name in wrong.breaks { #expect((said[name]?.int ?? 0) > 0, "\(wrong.name): \(name) \(said.text)") }
            _ = try await judge(said, folder.path)
        }
    }

    private static let counts = [
        "ordersPaid", "money", "doubled", "lost", "withoutCertificate", "strangersWithCertificate",
        "revocationsMissing", "keysMissing", "keysAstray", "unpublished", "publishedAstray", "noticesDoubled",
        "noticesMissing", "mailsOpened", "mailsUnreadable", "mailsSent", "keysHandedOut", "handOutsMissing",
        "handOutsAstray",
    ]

    /// The simulation and the other judge agree on every count.
    private func judge(_ told: JSONValue, _ kept: String) async throws -> JSONValue {
        let run = try await Run.tool(
            "python3", [BuiltPrograms.repository + "/Tests/EndToEndTests/simulation-judge.py", "\(kept)/records.json"])
        try #require(run.status == 0, "\(run.errors)")
        let found = try run.json
        for name in Self.counts {
            #expect(found[name]?.number == told[name]?.number, "\(name): \(found.text) \(told.text)")
        }
        return found
    }

    /// CAs fail, change and are switched, secrets end, and passes are killed: everybody who comes has one certificate, paid once.
    @Test func aYearOfTroubleKeepsItsPromises() async throws {
        let seed = TestSeed.choose("the events and the kills", in: 1...1_000_000)
        let kept = folder.path("kept")
        let run = try await simulate(
            """
            months: 3
            people: 12
            passEvery: 3
            prices: {sectigo-scm: 10, digicert-certcentral: 25.5}
            rates: {join: 100}
            events:
              - {event: caOutage, month: 1}
              - {event: join, day: 12, count: 2}
              - {event: expireSecret, day: 20}
              - {event: loseList, day: 25}
              - {event: rotateIssuer, day: 30}
              - {event: join, day: 31}
              - {event: renameProduct, day: 40}
              - {event: join, day: 41}
              - {event: switchCA, day: 50}
              - {event: join, day: 52, count: 2}
              - {event: caOutage, day: 60, days: 2}
            """, ["--seed", "\(seed)", "--kills", "8", "--keep", kept])
        let told = try run.json
        #expect(run.status == 0 && told["violations"] == [], "seed \(seed): \(told.text) \(run.errors)")
        #expect(told["kills"] == 8)
        #expect((told["ordersPaid"]?.int ?? 0) >= 18, "\(told.text)")
        // Each is archived, and lies on devices as long as old mail is to be read.
        #expect((told["keysOpened"]?.int ?? 0) >= (told["ordersPaid"]?.int ?? 0) * 2)
        #expect((told["byMonth"]?.array?.count ?? 0) >= 3 && run.errors.contains("2027-02: "), "\(run.errors)")
        let found = try await judge(told, kept)
        #expect((found["money"]?.number ?? 0) > 10 * Double(told["ordersPaid"]?.int ?? 0))
        let list = try await Run.certway(["order", "list", "--home", "\(kept)/home", "--all", "--output", "json"])
        let orders = try list.json.array ?? []
        // What was renewed or replaced stays on record, and what never came to a CA, or was withdrawn, has no certificate.
        let issued = orders.filter { ["active", "superseded", "revoked"].contains($0["stage"]?.string) }
        #expect(issued.count == told["ordersPaid"]?.int, "\(list.output)")
    }

    /// The judges see what is missing: here the certificate of somebody who joins while the CA is away for good.
    @Test func aBrokenPromiseIsSaid() async throws {
        let kept = folder.path("kept")
        let run = try await simulate(
            """
            months: 1
            people: 3
            passEvery: 7
            rates: {}
            events: [{event: caOutage, day: 3, days: 60}, {event: join, day: 5}]
            """, ["--keep", kept])
        let told = try run.json
        #expect(run.status == 4 && told["withoutCertificate"] == 1, "\(told.text) \(run.errors)")
        #expect(told["violations"]?[0]?.string?.hasPrefix("without certificate: ") == true, "\(told.text)")
        _ = try await judge(told, kept)
    }

    /// What others end at the CA or in Intune is ordered again by the administrator, who reads that nothing follows by itself; and the
    /// keys for mail of before are at hand again.
    @Test func whatOthersHaveEndedIsOrderedAgain() async throws {
        let kept = folder.path("kept")
        let run = try await simulate(
            """
            months: 1
            people: 3
            passEvery: 7
            rates: {}
            events: [{event: deleteInIntune, day: 5, who: 2}, {event: revokeAtCA, day: 6, who: 3}]
            """, ["--keep", kept])
        let told = try run.json
        #expect(run.status == 0 && told["violations"] == [] && told["ordersPaid"] == 5, "\(told.text) \(run.errors)")
        _ = try await judge(told, kept)
    }

    /// The years that the seed makes are the same for the same seed, and run nothing.
    @Test func aDryRunTellsTheEvents() async throws {
        let scenario = "{people: 100, events: [{event: caOutage, date: 2027-05-03, days: 2, ca: sectigo-scm}]}"
        let first = try await simulate(scenario, ["--dry-run"])
        let events = try first.json["events"]?.array ?? []
        #expect(first.status == 0 && events.count > 20, "\(first.errors)")
        let outage = events.filter { $0["event"] == "caOutage" }
        #expect(outage.map { $0["date"] } == ["2027-05-03T09:00:00Z", "2027-05-05T09:00:00Z"], "\(outage)")
        #expect(outage.map { $0["isEnd"] } == [false, true])
        #expect(try await simulate(scenario, ["--dry-run"]).output == first.output)
        #expect(try await simulate(scenario, ["--dry-run", "--seed", "5"]).output != first.output)
        let table = try await Run.certway(["simulate", "--scenario", folder.path("scenario.yaml"), "--dry-run"])
        #expect(table.output.contains("2027-05-03 09:00  caOutage  sectigo-scm  for 2 days"), "\(table.output)")
        // Nobody leaves twice without having come back.
        var away: Set<Int> = []
        for event in events where event["isEnd"] == false {
            let people = Set(event["people"]?.array?.compactMap(\.int) ?? [])
            if ["leave", "disable", "delete"].contains(event["event"]?.string) {
                #expect(away.isDisjoint(with: people), "\(event.text)")
                away.formUnion(people)
            } else if event["event"] == "return" {
                #expect(people.isSubset(of: away))
                away.subtract(people)
            }
        }
    }

    @Test func everyMistakeOfAScenarioIsShown() async throws {
        let run = try await simulate(
            """
            months: 80
            people: many
            cas: [sectigo]
            rates: {caOutage: 2, join: -1}
            templates: [{group: x}]
            events:
              - {event: merry, month: 1}
              - {event: join, who: 3, month: 2}
              - {event: leave, date: 2031-01-01}
              - {event: leave}
              - {event: caOutage, ca: nobody, day: 3}
              - {event: marry, who: [1, 1000], day: 3}
            colour: red
            """)
        #expect(run.status == 3, "\(run.errors)")
        for (line, path) in [
            (1, "months"), (2, "people"), (3, "cas[0]"), (4, "rates.caOutage"), (4, "rates.join"),
            (5, "templates[0].name"),
            (5, "templates[0].group"), (7, "events[0].event"), (8, "events[1].who"), (9, "events[2].date"),
            (10, "events[3].event"), (11, "events[4].ca"), (12, "events[5].who[1]"), (13, "colour"),
        ] {
            #expect(
                run.errors.contains("\"keyPath\":\"\(path)\"") || run.errors.contains(": \(path): "),
                "\(path): \(run.errors)")
            #expect(
                run.errors.contains("\"line\":\(line)") || run.errors.contains("scenario.yaml:\(line):"), "line \(line)"
            )
        }
    }
}
