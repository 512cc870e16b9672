// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Settings
import Testing
import YAMLDocuments

@testable import Gateway

/// New orders go to a second CA where the template names one, and back.
@Suite(.timeLimit(.minutes(5))) struct OutageWatchTests {
    private let office: Office
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    init() async throws {
        office = try await Office()
        try await office.apply(file("failover: {backendCA: other, product: q, after: 4h}"))
    }

    private func file(_ failover: String) -> String {
        office.yaml().replacing(
            "product: p, delivery: none}\n  - {name: logon",
            with: "product: p, delivery: none, \(failover)}\n  - {name: logon")
    }

    private func template() async throws -> TemplateConfiguration {
        try #require(try await office.store.configuration().template("smime"))
    }

    /// Looks at a CA, hours after the start.
    ///
    /// - Parameter trouble: nil where it answers.
    @discardableResult
    private func look(_ hours: Double, _ trouble: String?) async throws -> [String] {
        let watch = OutageWatch(
            office.ledger, try await office.store.configuration(), now: start.addingTimeInterval(hours * 3600))
        #expect(watch.watched == ["one"])
        try await watch.note("one", trouble)
        return try await watch.decide().changes
    }

    @Test func ordersGoOverAfterTheTimeAndBackByThemselves() async throws {
        #expect(try await look(0, "down").isEmpty)
        #expect(try await look(3.9, "down").isEmpty)
        #expect(try await template().backendCA == "one")
        #expect(try await look(4, "down").first?.contains("new orders go to other, product q") == true)
        var template = try await template()
        #expect((template.backendCA, template.product, template.isFailedOver) == ("other", "q", true))
        #expect(template.configuredHome.backendCA == "one")
        #expect(try await look(4.5, "down").isEmpty, "once")
        // It answers, fails again, and answers: an hour counts from the last failure.
        #expect(try await look(5, nil).isEmpty)
        #expect(try await look(5.5, "down").isEmpty)
        #expect(try await look(6, nil).isEmpty)
        #expect(try await look(6.9, nil).isEmpty)
        #expect(try await look(7, nil).first?.contains("one answers again") == true)
        template = try await self.template()
        #expect((template.backendCA, template.product, template.isFailedOver) == ("one", "p", false))
        // Another outage begins anew.
        #expect(try await look(8, nil).isEmpty)
        #expect(try await look(9, "down").isEmpty)
        #expect(try await look(12, "down").isEmpty)
    }

    @Test func aShortOutageMovesNobody() async throws {
        for hour in stride(from: 0.0, to: 20, by: 2) {
            #expect(try await look(hour, "down").isEmpty)
            #expect(try await look(hour + 0.5, nil).isEmpty)
            #expect(try await look(hour + 1.6, nil).isEmpty)
        }
        #expect(try await template().isFailedOver == false)
    }

    @Test func itIsSaidAndNotExported() async throws {
        try await look(0, "sign-in refused")
        try await look(5, "sign-in refused")
        #expect(try await office.configuration.export().contains("backendCA: one"))
        let sentences = try await office.gateway().failoverSentences()
        #expect(sentences.count == 1 && sentences[0].contains("new orders go to other") == true, "\(sentences)")
        #expect(sentences[0].contains("sign-in refused") && sentences[0].contains("answered for 1h"))
        // A template that names no second one any more is at its own CA.
        try await office.apply(office.yaml())
        #expect(try await template().backendCA == "one")
    }

    @Test func certificatesOfTheSecondAreNobodyElses() async throws {
        let template = try await template()
        #expect(template.isOfSecond("other", "q") && template.means("other", "q") && template.means("one", "p"))
        #expect(!template.isOfSecond("one", "p") && !template.means("other", "p"))
    }

    @Test(arguments: [
        ("failover: {backendCA: one, product: q}", "backend CA one cannot stand in for itself"),
        ("failover: {backendCA: none, product: q}", "backendCA \"none\" is not configured"),
        ("failover: {backendCA: other}", "product is missing"),
    ]) func whatCannotStandInIsRefused(failover: String, message: String) async throws {
        let error = await #expect(throws: Diagnostics.self) { try await office.apply(file(failover)) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(String(describing: error))")
    }
}
