// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// A CA must revoke by a deadline: everybody is replaced, however hostile CA and tenant are and whatever is killed. Judged by what the
/// sandbox has on record.
@Suite(.serialized, .timeLimit(.minutes(120))) struct IncidentTests {
    private static let digicert = "digicert-certcentral"
    private static let sectigo = "sectigo-scm"

    /// One incident from beginning to end, in steps of ten minutes.
    private struct Course {
        var arguments: [String]
        /// Main addresses of people who never click.
        var never: Set<String> = []
        /// What else happens after so many steps.
        var events: [Int: (IncidentScene) async throws -> Void] = [:]
        /// Minutes in which nothing can go on, which nobody foresees.
        var lost = 0.0
    }

    /// `CERTWAY_TEST_PEOPLE` says another number, to see how it grows.
    private static let people =
        ProcessInfo.processInfo.environment["CERTWAY_TEST_PEOPLE"].flatMap(Int.init) ?? TestSize.choose(40, full: 5000)
    private static let pace = TestSize.choose(24, full: 1000)
    /// The forecast is judged when one of so many is replaced: a tenth of a few people are too few to tell from.
    private static let foretoldAt = TestSize.choose(2, full: 10)

    private func play(_ course: Course, _ scene: IncidentScene, seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let old = Set(try await scene.records().map(\.serial))
        let addresses = try await scene.people()
        let count = addresses.count
        let dry = try await scene.gateway.certway(course.arguments + ["--dry-run", "--output", "json"])
        try #require(dry.status == 0, "\(dry.errors)")
        #expect(try dry.json["certificates"]?.int == count && dry.json["started"] == false)
        let started = try await scene.gateway.certway(course.arguments + ["--accept", "\(count)", "--output", "json"])
        try #require(started.status == 0, "\(started.errors)")
        let begin = try await scene.now()
        // Kills while there is work.
        let kills = Set((0..<3).map { _ in Int.random(in: 1...8, using: &random) })
        var struck = 0
        var forecast: (end: Date, replaced: Int)?
        var finished: Date?
        for step in 0..<400 {
            if kills.contains(step) || (step > 8 && struck < 3 && step < 20) {
                let moment = Double.random(in: 0.3...2.5, using: &random)
                let run = try await scene.gateway.certway(["run", "--once", "--wait", "2"], killAfter: moment)
                if run.wasKilled { struck += 1 }
                try await requireTruth(scene, old)
            }
            try await scene.gateway.finish(within: TestSize.choose(2, full: 20))
            try await course.events[step]?(scene)
            try await scene.answerDoubts()
            try await requireNobodyWithout(scene, addresses)
            if !course.never.isEmpty { try await scene.click(except: course.never) }
            let shown = try await scene.show("drill")
            let replaced = shown["replaced"]?.int ?? 0
            if forecast == nil, replaced * Self.foretoldAt >= count, let text = shown["forecast"]?["end"]?.string {
                forecast = (try Date(text, strategy: .iso8601), replaced)
            }
            if (shown["revoked"]?.int ?? 0) + course.never.count >= count {
                finished = try await scene.now()
                break
            }
            try await scene.advance(minutes: 10)
        }
        let shown = try await scene.show("drill")
        let end = try #require(
            finished, "not finished: \(shown["counts"]?.text ?? "") \(shown["problems"]?.text ?? "")")
        #expect(struck >= 1, "no pass was killed in its work")
        let deadline = try Date(shown["incident"]?["deadline"]?.string ?? "", strategy: .iso8601)
        #expect(end < deadline)
        // What the CAs and Intune say.
        let held = try await scene.records()
        try await requireNobodyWithout(scene, addresses)
        #expect(held.filter { old.contains($0.serial) && !$0.isRevoked }.count == course.never.count)
        var counts: [String: Int] = [:]
        for certificate in held { for address in certificate.emails { counts[address, default: 0] += 1 } }
        for address in addresses {
            let own = counts[address] ?? 0
            #expect(own == (course.never.contains(address) ? 1 : 2), "\(address) has \(own) certificates")
        }
        let references = Dictionary(grouping: held.filter { !$0.reference.isEmpty }, by: \.reference)
        #expect(references.values.allSatisfy { $0.count == 1 }, "an order was placed twice")
        #expect(try await scene.overload() == 0, "the CA's limits were exceeded")
        let missing = (shown["items"]?.array ?? []).filter { $0["state"] == "clickMissing" }
        #expect(missing.count == course.never.count)
        let told = try #require(forecast)
        let span = end.timeIntervalSince(begin)
        let error = max(0, abs(told.end.timeIntervalSince(end)) - course.lost * 60) / span
        print(
            "incident of \(count): \(Int(span / 60)) minutes, forecast after \(told.replaced) off by \(Int(error * 100)) %, \(struck) kills"
        )
        // Twenty deliveries in four or five bursts, one of them after the lost hour, tell no more than whether it is this day or the next.
        #expect(error < TestSize.choose(1, full: 0.1), "forecast \(told.end), end \(end), begun \(begin)")
    }

    /// What the gateway says after a kill is what happened: no more is replaced than Intune has, no more revoked than the CA.
    private func requireTruth(_ scene: IncidentScene, _ old: Set<String>) async throws {
        let shown = try await scene.show("drill")
        let held = try await scene.records()
        let delivered = held.count { !old.contains($0.serial) && $0.isInIntune }
        let revoked = held.count { old.contains($0.serial) && $0.isRevoked }
        #expect((shown["replaced"]?.int ?? 0) <= delivered && (shown["revoked"]?.int ?? 0) <= revoked)
        // What was in hand when it was killed may be one step further than is on record.
        #expect((shown["replaced"]?.int ?? 0) >= delivered - 32 && (shown["revoked"]?.int ?? 0) >= revoked - 32)
    }

    private func requireNobodyWithout(_ scene: IncidentScene, _ addresses: [String]) async throws {
        let good = Set(try await scene.records().filter { !$0.isRevoked && $0.isInIntune }.flatMap(\.emails))
        let without = addresses.filter { !good.contains($0) }
        #expect(without.isEmpty, "without a valid certificate: \(without)")
    }

    /// 120 hours at one CA, where people must click; some never do.
    @Test func oneCA() async throws {
        let seed = TestSeed.choose("hostility and kills", in: 1...1_000_000)
        let scene = try await IncidentScene(Self.people, [Self.digicert], seed: Int(seed), clicks: true)
        try await scene.enroll(Self.people, thenDays: 40)
        let never = Set(try await scene.people().sorted().prefix(3))
        let arguments = [
            "incident", "start", "drill", "--backend-ca", "ca", "--deadline", "120h", "--because", "weak keys",
            "--pace",
            "\(Self.pace)/h",
        ]
        let dry = try await scene.gateway.certway(arguments + ["--dry-run", "--output", "json"]).json
        #expect(dry["mustClick"]?.array?.count == Self.people, "all proofs are 40 days old")
        let table = try await scene.gateway.certway(arguments + ["--dry-run"])
        #expect(table.output.contains("\(Self.people) certificates: must click"), "\(table.output)")
        try await play(Course(arguments: arguments, never: never), scene, seed: seed)
    }

    /// The CA calls its products otherwise meanwhile; an administrator writes it down an hour later.
    @Test func productsAreRenamedMeanwhile() async throws {
        let seed = TestSeed.choose("hostility and kills", in: 1...1_000_000)
        let scene = try await IncidentScene(Self.people, [Self.sectigo], seed: Int(seed), clicks: false)
        try await scene.enroll(Self.people, thenDays: 1)
        let product = scene.sandbox.description["cas"]?[Self.sectigo]?["products"]?[0]?.string ?? ""
        var course = Course(
            arguments: [
                "incident", "start", "drill", "--template", "smime", "--deadline", "120h", "--because", "ticket 4711",
                "--pace", "\(Self.pace)/h",
            ])
        course.lost = 60
        course.events[3] = { scene in
            try await scene.sandbox.set(Self.sectigo, ["renamedProducts": [product: "4711"]])
        }
        course.events[9] = { scene in
            try await scene.gateway.reconfigure { $0.replacing("product: \"\(product)\"", with: "product: \"4711\"") }
        }
        try await play(course, scene, seed: seed)
    }

    /// 24 hours, and the successors come from another CA.
    @Test func anotherCAWithinADay() async throws {
        let seed = TestSeed.choose("hostility and kills", in: 1...1_000_000)
        let scene = try await IncidentScene(Self.people, [Self.digicert, Self.sectigo], seed: Int(seed), clicks: false)
        try await scene.enroll(Self.people, thenDays: 1)
        let product = scene.sandbox.description["cas"]?[Self.sectigo]?["products"]?[0]?.string ?? ""
        try await play(
            Course(
                arguments: [
                    "incident", "start", "drill", "--backend-ca", "ca", "--deadline", "24h", "--because",
                    "CA is closed",
                    "--to-backend-ca", Self.sectigo, "--to-product", product, "--pace", "\(Self.pace)/h",
                ]), scene, seed: seed)
        #expect(try await scene.records().filter { !$0.isRevoked }.allSatisfy { $0.ca == Self.sectigo })
    }
}
