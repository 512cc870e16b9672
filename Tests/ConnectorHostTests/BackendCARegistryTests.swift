// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
import TestSupport
import Testing

@testable import ConnectorKit

@Suite struct BackendCARegistryTests {
    private let subject: Registry
    private var registry: BackendCARegistry { subject.registry }

    init() throws { subject = try Registry() }

    @Test func nothingIsMadeOrCompiledBeforeItIsAskedFor() throws {
        #expect(registry.names == ["one", "other"])
        #expect(subject.catalogue.outlines().map(\.name) == ["one-ca", "other-ca"])
        #expect(registry.makes.isEmpty && subject.catalogue.compilations.isEmpty)
        _ = try subject.connector()
        let file = "\(subject.folder.path)/one-ca.yaml"
        #expect(registry.makes == ["one": 1])
        #expect(subject.catalogue.compilations == [file: 1])
        #expect(CountingConnector.diagnoses(of: file) == 1)
        #expect(registry["third"] == nil)
    }

    @Test func whoAsksAtTheSameTimeGetsTheSame() async throws {
        let connectors = try await withThrowingTaskGroup(of: CountingConnector.self) { group in
            for _ in 0..<32 { group.addTask { try subject.connector() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(connectors.map(ObjectIdentifier.init)).count == 1)
        #expect(registry.makes == ["one": 1])
    }

    @Test func aReloadHandsOverWhatItDoesNotChange() throws {
        let (one, other) = (try subject.connector("one"), try subject.connector("other"))
        registry.note(
            ConnectorError(.authentication, "401"), on: "other", pausedUntil: .distantFuture, needsPerson: true)
        try subject.configure()
        #expect(try subject.connector("one") === one)
        try subject.configure("pollEvery: 5s,")
        #expect(try subject.connector("one") !== one)
        #expect(try subject.backend("one").pollEvery == .seconds(5))
        #expect(try subject.connector("other") === other)
        #expect(registry.openAlarms == ["other": "401"])
        registry.configure([])
        #expect(registry["one"] == nil && registry.openAlarms.isEmpty)
    }

    @Test func aCorrectedSecretIsReadAgain() throws {
        let first = try subject.connector()
        #expect(first.settings.secrets["key"]?.revealed == "first")
        registry.note(ConnectorError(.authentication, "401"), on: "one", pausedUntil: .distantFuture, needsPerson: true)
        #expect(try subject.connector() === first)
        #expect(registry.alarm(on: "one") != nil)
        try subject.folder.write("second", to: "key")
        #expect(try subject.connector().settings.secrets["key"]?.revealed == "second")
        #expect(registry.alarm(on: "one") == nil)
        registry.note(
            ConnectorError(.throttled, "429"), on: "one", pausedUntil: .distantFuture, needsPerson: false)
        try subject.folder.write("third", to: "key")
        _ = try subject.connector()
        #expect(registry.alarm(on: "one")?.error.kind == .throttled && registry.openAlarms.isEmpty)
    }

    @Test(arguments: ["root.pem", "one-ca.yaml"]) func soAreRootsAndProfiles(name: String) throws {
        let first = try subject.connector()
        let other = try subject.connector("other")
        let text = try String(contentsOfFile: "\(subject.folder.path)/\(name)", encoding: .utf8)
        try subject.folder.write(text + "\n", to: name)
        #expect(try subject.connector() !== first)
        #expect(try (subject.connector("other") === other) == (name == "one-ca.yaml"))
    }

    @Test(arguments: [
        ("key", "", "is empty; put the secret into it"), ("key", "refused", "the key is of no use"),
        ("root.pem", "-----BEGIN CERT", "holds no PEM certificate"),
    ])
    func aChangeThatCannotBeUsedLeavesTheLastGoodInForce(name: String, text: String, reason: String) throws {
        let first = try subject.connector()
        let good = try String(contentsOfFile: "\(subject.folder.path)/\(name)", encoding: .utf8)
        try subject.folder.write(text, to: name)
        #expect(try subject.connector() === first)
        #expect(registry.openAlarms["one"]?.contains(reason) == true, "\(registry.openAlarms)")
        let makes = registry.makes["one"]
        _ = try subject.connector()
        #expect(registry.makes["one"] == makes)
        try subject.folder.write(good, to: name)
        #expect(try subject.connector() !== first)
        #expect(registry.openAlarms["one"] == nil)
    }

    @Test func aBadProfileLeavesTheLastGoodInForceEvenForANewConfiguration() throws {
        let first = try subject.connector()
        try subject.folder.write(CountingConnector.profile("one-ca", "counting: bad"), to: "one-ca.yaml")
        #expect(try subject.connector() === first)
        #expect(subject.catalogue.problems(.inUse).map(\.message) == ["it is bad"])
        try subject.configure("pollEvery: 5s,")
        #expect(try subject.backend().pollEvery == .seconds(5))
    }

    @Test func aNewConfigurationThatCannotBeUsedIsNotReplacedByTheOldOne() throws {
        _ = try subject.connector()
        try subject.configure(settings: ", unknown: x")
        #expect(throws: (any Error).self) { try subject.connector() }
        try subject.configure()
        _ = try subject.connector()
    }

    @Test func rateWindowsGoOnAsLongAsTheConnectionIsTheSame() async throws {
        let first = try subject.connector()
        let limiter = first.services.rateLimiter as AnyObject
        for _ in 0..<5 { try await first.services.rateLimiter.acquire() }
        try subject.folder.write("second", to: "key")
        let second = try subject.connector()
        #expect(second !== first && second.services.rateLimiter as AnyObject === limiter)
        // The hour's five are used up; twice as many are allowed from now on.
        try subject.configure("limits: [{requests: 6, per: 1h}],", settings: ", note: n")
        let third = try subject.connector()
        #expect(third.services.rateLimiter as AnyObject === limiter)
        try await third.services.rateLimiter.acquire()
        let seventh = Task { try await third.services.rateLimiter.acquire() }
        while await (limiter as? SlidingWindowRateLimiter)?.waitingCount == 0 { await Task.yield() }
        seventh.cancel()
        await #expect(throws: CancellationError.self) { try await seventh.value }
        try subject.configure("environment: trial,")
        #expect(try subject.connector().services.rateLimiter as AnyObject !== limiter)
    }
}
