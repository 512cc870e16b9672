// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HandOver
import PKIX
import Records
import Secrets
import SignIn
import Store
import TestSupport
import Testing

/// Packages that are fetched once, in the database that all nodes share.
@Suite struct OneTimePackageTests {
    private let clock = TestClock()
    private let database: any SQLDatabase
    private let trail: AuditTrail
    private let packages: OneTimePackages
    private static let ada = PackageRecipient.person(id: "7F0C")
    private static let eve = PackageRecipient.person(id: "81d2")

    init() async throws {
        let clock = clock
        let key = SealingKey.random()
        let recording = RecordingDatabase(
            try await TestDatabase([AuditTrail.migration] + PackageTables.migrations), origin: AuditOrigin(),
            usesDatabaseTime: false
        ) { clock.now() }
        database = recording
        trail = AuditTrail(recording)
        packages = OneTimePackages(database: recording, clock: clock) { key }
    }

    private func offer(_ text: String = "the key", open: Bool = false) async throws -> (SecretText, OneTimePackage) {
        var new = NewPackage(
            .handOver, about: "certificate 12", for: Self.ada, named: "ada@sandbox.example", by: "ops@sandbox.example",
            lifetime: 3600, fileName: "ada.p12", mediaType: "application/x-pkcs12")
        new.needsRecipient = !open
        new.mostWrongAttempts = 3
        let made = try await packages.offer(new, content: Secret(text))
        return (made.secret, made.package)
    }

    private func contentIsErased(_ id: Int64) async throws -> Bool {
        try await database.read {
            try $0.value(
                "SELECT COUNT(*) FROM one_time_packages WHERE id = ? AND content IS NULL", [.integer(id)], as: Int.self)
        } == 1
    }

    @Test func itIsFetchedOnceAndErased() async throws {
        let (secret, package) = try await offer()
        guard case .content(let content, _) = try await packages.fetch(.secret(secret), as: Self.ada, named: "ada")
        else { return #expect(Bool(false), "not handed out") }
        #expect(content.revealed == "the key")
        #expect(try await contentIsErased(package.id))
        guard case .ended(let ended) = try await packages.fetch(.secret(secret), as: Self.ada, named: "ada")
        else { return #expect(Bool(false), "handed out twice") }
        #expect(ended.ending == .fetched && ended.endedBy == "ada" && ended.endedAt == clock.now())
        guard case .ended = try await packages.fetch(.number(package.id), as: Self.ada, named: "ada")
        else { return #expect(Bool(false), "handed out by its number") }
    }

    @Test func theDatabaseHoldsNeitherLinkNorContent() async throws {
        let (secret, _) = try await offer("the only words")
        let rows = try await database.read { connection in
            try connection.query("SELECT hash, content FROM one_time_packages") { row in
                (hash: try row[0] as String, content: try row[1] as [UInt8])
            }
        }
        #expect(rows.count == 1 && rows[0].hash == secret.hash && rows[0].hash != secret.value.revealed)
        #expect(!String(decoding: rows[0].content, as: UTF8.self).contains("the only words"))
    }

    @Test func ofManyAtOnceOneGetsIt() async throws {
        let (secret, _) = try await offer()
        let got = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<16 {
                group.addTask {
                    if case .content = try await packages.fetch(.secret(secret), as: Self.ada, named: "ada \(number)") {
                        true
                    } else {
                        false
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(got == 1)
    }

    @Test func othersAreRefusedAndLockIt() async throws {
        let (secret, package) = try await offer()
        for attempt in 1...3 {
            guard case .foreign = try await packages.fetch(.secret(secret), as: Self.eve, named: "eve")
            else { return #expect(Bool(false), "attempt \(attempt)") }
        }
        guard case .ended(let ended) = try await packages.fetch(.secret(secret), as: Self.ada, named: "ada")
        else { return #expect(Bool(false), "not locked") }
        #expect(ended.ending == .locked && ended.wrongAttempts == 3)
        #expect(try await contentIsErased(package.id))
    }

    @Test func whoIsNotSignedInCountsAsNobody() async throws {
        let (secret, package) = try await offer()
        for _ in 1...5 {
            guard case .foreign = try await packages.fetch(.secret(secret), as: nil, named: "")
            else { return #expect(Bool(false), "handed out without sign-in") }
        }
        #expect(try await packages.look(.secret(secret))?.wrongAttempts == 0)
        let (open, _) = try await offer(open: true)
        guard case .content = try await packages.fetch(.secret(open), as: nil, named: "the link")
        else { return #expect(Bool(false), "the link alone is enough here") }
        guard case .foreign = try await packages.fetch(.number(package.id), as: nil, named: "")
        else { return #expect(Bool(false), "a number is no secret") }
    }

    /// Whoever counts numbers up takes nothing from anybody: only a link that came into other hands is a reason to lock.
    @Test func whoComesByANumberLocksNothing() async throws {
        let (_, package) = try await offer()
        for _ in 1...9 {
            guard
                case .foreign = try await packages.fetch(
                    .number(package.id), as: .person(id: "somebody-else"), named: "sara")
            else { return #expect(Bool(false), "handed out by its number") }
        }
        guard case .content = try await packages.fetch(.number(package.id), as: Self.ada, named: "ada")
        else { return #expect(Bool(false), "locked by somebody without the link") }
    }

    @Test func whatNobodyFetchesIsErasedInTime() async throws {
        let (secret, package) = try await offer()
        try await clock.sleep(for: .seconds(3600))
        #expect(!package.isOpen(at: clock.now()))
        guard case .ended(let ended) = try await packages.fetch(.secret(secret), as: Self.ada, named: "ada")
        else { return #expect(Bool(false), "too late") }
        #expect(ended.ending == .expired)
        #expect(try await contentIsErased(package.id))
        let (_, second) = try await offer()
        try await clock.sleep(for: .seconds(3600))
        #expect(try await packages.expire() == 1)
        #expect(try await contentIsErased(second.id))
        #expect(try await packages.expire() == 0)
        try await clock.sleep(for: .seconds(Int64(OneTimePackages.memory) + 1))
        try await packages.expire()
        #expect(try await packages.list(for: Self.ada).isEmpty)
    }

    @Test func anotherSealingKeyUsesNothingUp() async throws {
        let (secret, _) = try await offer()
        let other = OneTimePackages(database: database, clock: clock) { SealingKey.random() }
        await #expect(throws: PKIXError.self) {
            _ = try await other.fetch(.secret(secret), as: Self.ada, named: "ada")
        }
        guard case .content = try await packages.fetch(.secret(secret), as: Self.ada, named: "ada")
        else { return #expect(Bool(false), "used up by trying") }
    }

    @Test func eachStepIsOnRecord() async throws {
        let (secret, _) = try await offer()
        _ = try await packages.fetch(.secret(secret), as: Self.eve, named: "eve")
        _ = try await packages.fetch(.secret(secret), as: Self.ada, named: "ada")
        let (_, second) = try await offer()
        let withdrawn = try await database.write { connection in
            try packages.withdraw(about: second.about, [.handOver], by: "ops", on: connection)
        }
        #expect(withdrawn == 1)
        let records = try await trail.records(AuditFilter(), ListRequest()).items
        let steps = records.map { "\($0.action) \($0.outcome) \($0.actor)" }
        #expect(
            Set(steps) == [
                "offer.package done ops@sandbox.example", "fetch.package refused eve", "fetch.package done ada",
                "end.package done ops",
            ])
        #expect(steps.count == 5)
    }

    @Test func whyOneIsTakenBackIsOnRecord() async throws {
        let (_, package) = try await offer()
        #expect(try await packages.withdraw(package, by: "ops", because: "sent for the wrong phone"))
        // One that has ended is not taken back again.
        #expect(try await !packages.withdraw(package, by: "ops", because: "once more"))
        let ends = try await trail.records(AuditFilter(), ListRequest()).items.filter { $0.action == "end.package" }
        #expect(ends.map(\.reason) == ["sent for the wrong phone"])
    }
}
