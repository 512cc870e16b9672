// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Foundation
import Gateway
import MicrosoftGraph
import Settings
import TestSupport
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// What a running service works with: what is configured, and lies in files, at the moment of asking.
@Suite struct CurrentGatewayTests {
    private func office() async throws -> Office {
        let office = try await Office()
        try office.folder.write("first", to: "client")
        try await office.apply(tenant(office))
        return office
    }

    private func tenant(_ office: Office, client: String = "client", one: String = "") -> String {
        office.yaml(
            one: one,
            more:
                "tenant: {id: \(Office.tenant), clientID: \(Office.application), clientSecret: \"file:\(office.folder.path(client))\"}"
        )
    }

    private func current(_ office: Office) async throws -> CurrentGateway {
        CurrentGateway(try await office.gateway(), memory: EngineMemory())
    }

    @Test func aChangedFileIsInForceAndAnUnchangedOneKeepsItsToken() async throws {
        let office = try await office()
        let current = try await current(office)
        let first = try await current.graph()
        #expect(try await current.graph() === first)
        try office.folder.write("second", to: "client")
        let second = try await current.graph()
        #expect(second !== first)
        #expect(try await current.graph() === second)
    }

    /// The roots of a proxy are renewed while the service runs.
    @Test func soAreRenewedRoots() async throws {
        let office = try await office()
        try office.folder.write(office.root.pem, to: "tls.pem")
        let path = office.folder.path("tls.pem")
        try await office.apply(tenant(office).replacing("tenant: {", with: "tenant: {tlsRoots: \(path), "))
        let current = try await current(office)
        let first = try await current.graph()
        #expect(try await current.graph() === first)
        try office.folder.write(office.root.pem + office.root.pem, to: "tls.pem")
        let second = try await current.graph()
        #expect(second !== first)
        #expect(try await current.graph() === second)
    }

    @Test func aFileThatCannotBeUsedLeavesWhatWasThere() async throws {
        let office = try await office()
        let current = try await current(office)
        let first = try await current.graph()
        try office.folder.write("", to: "client")
        #expect(try await current.graph() === first)
        try office.folder.write("third", to: "client")
        #expect(try await current.graph() !== first)
    }

    /// What was there before belongs to another configuration.
    @Test func aNewConfigurationWithoutItsFileIsAnError() async throws {
        let office = try await office()
        let current = try await current(office)
        _ = try await current.graph()
        let gone = try office.folder.write("second", to: "gone")
        try await office.apply(tenant(office, client: "gone"))
        try FileManager.default.removeItem(atPath: gone)
        await #expect(throws: SettingsError.self) { try await current.graph() }
    }

    @Test func aChangedConfigurationIsInForce() async throws {
        let office = try await office()
        let current = try await current(office)
        #expect(try await current.latest().configuration.backendCAs.first?.pollEvery == nil)
        try await office.apply(tenant(office, one: ", pollEvery: 5s"))
        #expect(try await current.latest().configuration.backendCAs.first?.pollEvery == .seconds(5))
        #expect(try await current.latest().configuration.backendCAs.first?.pollEvery == .seconds(5))
    }

    /// Looked at for each piece of work: a copy may be put back while the service runs.
    @Test func anOlderDatabaseForbidsSubmissions() async throws {
        let office = try await office()
        let current = try await current(office)
        #expect(try await current.context().forbidsSubmissions == false)
        try office.folder.write("3\n", to: "home/certway.submissions")
        #expect(try await current.context().forbidsSubmissions == true)
    }

    /// What is under way goes on with the key that was read, under a changed configuration, too.
    @Test func aLostSealingKeyForbidsOrdersAndNothingElse() async throws {
        let office = try await office()
        let current = try await current(office)
        #expect(try await current.context().sealingKeyFault() == nil)
        let key = try await current.latest().home.sealingKey
        try FileManager.default.moveItem(atPath: key, toPath: key + ".away")
        try await office.apply(tenant(office, one: ", pollEvery: 5s"))
        let context = try await current.context()
        #expect(context.sealingKeyFault()?.contains("restore sealing.key from the backup of this folder") == true)
        try FileManager.default.moveItem(atPath: key + ".away", toPath: key)
        #expect(context.sealingKeyFault() == nil)
    }

    @Test func aGroupThatWasNotReadIsNotPlanned() async throws {
        let office = try await office()
        let report = try await current(office).pass().evaluate(EnrollmentPass.Report())
        #expect(report.plans.isEmpty && report.problems.isEmpty)
    }

    /// Said before anything is planned, for this template and no other.
    @Test func aProductThatDoesNotFitIsNotPlanned() async throws {
        let office = try await office()
        try office.folder.write(
            CountingConnector.profile("one-ca", "products: [{id: p, title: P, until: 2020-01-01}]"), to: "one-ca.yaml")
        var read = EnrollmentPass.Report()
        read.directory = [("smime", SynchronizationReport(mode: .full))]
        let report = try await current(office).pass().evaluate(read)
        #expect(report.plans.isEmpty)
        #expect(report.problems == ["template smime: product p: it is not offered now"])
    }
}
