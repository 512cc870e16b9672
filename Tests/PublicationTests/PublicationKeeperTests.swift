// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Store
import TestSupport
import Testing

@testable import Publication

/// What is wanted and what a directory holds, compared and made the same.
@Suite struct PublicationKeeperTests {
    private func der(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func isPublishedAfterDeliveryAloneAndReadAgain() async throws {
        let bench = try await PublicationBench()
        let directory = PretendDirectory(people: ["ada"])
        try await bench.issue("ada", der("one"), .delivered)
        #expect(try await bench.run(directory).published == 0 && directory.values("ada").isEmpty)

        let other = try await PublicationBench()
        try await other.issue("ada", der("one"))
        let report = try await other.run(directory)
        #expect(report.published == 1 && report.failed == 0 && directory.values("ada") == [der("one")])
        let record = try #require(try await other.records("pretend").first)
        #expect(record.state == .published && record.isSettled && record.checkedAt == other.clock.now())
        #expect(try await other.run(directory) == PublicationKeeper.Report())
        #expect(directory.state.withLock(\.writes) == 1)
        let actions = try await other.ledger.audit.records(after: 0, limit: 100).map(\.action)
        #expect(actions.contains("publish.certificate"))
    }

    /// The newest alone is found, and values of others stay.
    @Test func theNewestTakesThePlaceAndOthersStay() async throws {
        let bench = try await PublicationBench()
        let directory = PretendDirectory(people: ["ada"])
        directory.put([der("foreign")], "ada")
        try await bench.issue("ada", der("one"))
        try await bench.run(directory)
        try await bench.issue("ada", der("two"))
        let report = try await bench.run(directory)
        #expect(report.published == 1 && report.withdrawn == 1)
        #expect(directory.values("ada") == [der("foreign"), der("two")])
        #expect(directory.state.withLock(\.writes) == 2, "one write does both, so that nobody finds nothing meanwhile")
        #expect(try await Set(bench.records("pretend").map(\.state)) == [.published, .withdrawn])
    }

    @Test func whatIsTakenOutOfTheTemplateIsWithdrawn() async throws {
        let bench = try await PublicationBench()
        let directory = PretendDirectory(people: ["ada"])
        try await bench.issue("ada", der("one"))
        try await bench.run(directory)
        try await bench.store.want(in: "pretend", of: [])
        #expect(try await bench.keeper(directory).run(limit: 10).withdrawn == 1)
        #expect(directory.values("ada").isEmpty)
        #expect(try await bench.records("pretend").first?.nextActionAt == nil)
    }

    /// Somebody's account is deleted, and the mailbox with it: nobody finds the certificate, which is no failure; and when the mailbox
    /// comes back with what stood in it, it goes.
    @Test func whatStoodInAnEntryThatIsGoneIsWithdrawn() async throws {
        let bench = try await PublicationBench()
        let directory = PretendDirectory(people: ["ada"])
        try await bench.issue("ada", der("one"))
        try await bench.run(directory)
        try await bench.store.want(in: "pretend", of: [])
        directory.state.withLock { $0.failure = PublicationError(.noEntry, "no mailbox of ada") }
        let report = try await bench.keeper(directory).run(limit: 10)
        #expect(report.withdrawn == 1 && report.failed == 0 && report.problems.isEmpty, "\(report)")
        let record = try #require(try await bench.records("pretend").first)
        #expect(record.state == .withdrawn && record.problem == nil && record.nextActionAt != nil)
        directory.state.withLock { $0.failure = nil }
        bench.clock.advance(.seconds(86_400))
        _ = try await bench.keeper(directory).run(limit: 10)
        #expect(directory.values("ada").isEmpty)
        #expect(try await bench.records("pretend").first?.nextActionAt == nil)
    }

    @Test func whatHasEndedIsWithdrawn() async throws {
        let bench = try await PublicationBench()
        let directory = PretendDirectory(people: ["ada"])
        try await bench.issue("ada", der("one"))
        try await bench.run(directory)
        bench.clock.advance(.seconds(366 * 86_400))
        #expect(try await bench.run(directory).withdrawn == 1 && directory.values("ada").isEmpty)
    }

    @Test func whatOthersHaveChangedIsPutRightWhenItIsLookedAt() async throws {
        let bench = try await PublicationBench()
        let directory = PretendDirectory(people: ["ada"])
        try await bench.issue("ada", der("one"))
        try await bench.run(directory)
        directory.put([], "ada")
        #expect(try await bench.run(directory) == PublicationKeeper.Report(), "it is not looked at all the time")
        bench.clock.advance(.seconds(86_400))
        let report = try await bench.run(directory)
        #expect(report.drifted == 1 && directory.values("ada") == [der("one")])
        let actions = try await bench.ledger.audit.records(after: 0, limit: 100).map(\.action)
        #expect(actions.filter { $0 == "notice.publication" }.count == 1)
        // A look at once, where a person asks for it.
        directory.put([], "ada")
        let store = bench.store
        #expect(try await bench.ledger.database.write { try store.hurry(in: nil, all: true, on: $0) } == 1)
        #expect(try await bench.run(directory).drifted == 1)
    }

    @Test func aLookChangesNothing() async throws {
        let bench = try await PublicationBench()
        let directory = PretendDirectory(people: ["ada"])
        try await bench.issue("ada", der("one"))
        try await bench.store.want(in: "pretend", of: ["smime"])
        let difference = try #require(try await bench.keeper(directory).difference(of: "ada"))
        #expect(
            difference.adds.count == 1 && difference.removes.isEmpty
                && difference.userPrincipalName == "ada@example.org")
        #expect(directory.state.withLock(\.writes) == 0)
        #expect(try await bench.records("pretend").first?.actual == .unknown)
    }

    /// A service that takes what was sent and gives something else back is not said to have published anything.
    @Test func whatIsReadAgainDecides() async throws {
        let bench = try await PublicationBench()
        let directory = PretendDirectory(people: ["ada"])
        directory.state.withLock { $0.garbles = true }
        try await bench.issue("ada", der("one"))
        let report = try await bench.run(directory)
        #expect(report.published == 0 && report.failed == 1)
        let record = try #require(try await bench.records("pretend").first)
        #expect(record.state == .failed && record.errorKind == "unverified")
        #expect(record.problem?.contains("publication unverified") == true)
        #expect(record.nextActionAt.map { $0 > bench.clock.now() } == true)
    }

    @Test func failuresWaitLongerEachTimeAndEnd() async throws {
        let bench = try await PublicationBench()
        let directory = PretendDirectory(people: ["ada"])
        directory.state.withLock { $0.failure = PublicationError(.transient, "busy", retryAfter: .seconds(500)) }
        try await bench.issue("ada", der("one"))
        try await bench.run(directory)
        let first = try #require(try await bench.records("pretend").first)
        #expect(first.failures == 1 && first.nextActionAt == bench.clock.now() + 500 && first.checkedAt == nil)
        directory.state.withLock { $0.failure = PublicationError(.permission, "no") }
        bench.clock.advance(.seconds(500))
        try await bench.run(directory)
        let second = try #require(try await bench.records("pretend").first)
        #expect(second.failures == 2 && second.nextActionAt == bench.clock.now() + 900)
        directory.state.withLock { $0.failure = nil }
        bench.clock.advance(.seconds(900))
        #expect(try await bench.run(directory).published == 1)
        #expect(try await bench.records("pretend").first?.failures == 0)
    }

    /// A process that ends between the write and its record finds the same state again, and says nothing about others.
    @Test func aLostAnswerIsNotWrittenTwice() async throws {
        let bench = try await PublicationBench()
        let directory = PretendDirectory(people: ["ada"])
        directory.state.withLock { $0.losesAnswer = true }
        try await bench.issue("ada", der("one"))
        #expect(try await bench.run(directory).failed == 1)
        bench.clock.advance(.seconds(60))
        let report = try await bench.run(directory)
        #expect(report.published == 1 && report.drifted == 0 && directory.state.withLock(\.writes) == 1)
        #expect(directory.values("ada") == [der("one")])
    }

    @Test func listsAndCountsSayTheSame() async throws {
        let bench = try await PublicationBench()
        let directory = PretendDirectory(people: ["ada"])
        try await bench.issue("ada", der("one"))
        try await bench.issue("eve", der("two"))
        try await bench.run(directory)
        #expect(
            try await bench.store.counts().map { "\($0.place) \($0.state) \($0.count)" }.sorted() == [
                "pretend failed 1", "pretend published 1",
            ])
        var filter = PublicationFilter()
        filter.states = [.failed]
        #expect(try await bench.store.list(filter, ListRequest()).items.map(\.subscriberID) == ["eve"])
        filter = PublicationFilter()
        filter.person = "ADA@"
        let found = try await bench.store.list(filter, ListRequest()).items
        #expect(found.map(\.state) == [.published])
        #expect(try await bench.store.records(ofCertificate: found[0].certificateID) == found)
    }
}
