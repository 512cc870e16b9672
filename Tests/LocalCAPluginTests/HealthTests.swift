// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import TestSupport
import Testing

@testable import LocalCAPlugin

/// `ca check` calls a CA good that can do what it is there for, and no other.
@Suite(.timeLimit(.minutes(5))) struct HealthTests {
    private func problem(_ fixture: LocalCAFixture) async throws -> String {
        let connector = try fixture.makeConnector()
        let error = await #expect(throws: ConnectorError(.configuration, "")) { try await connector.check() }
        return error?.message ?? ""
    }

    @Test func whatIssuesIsGood() async throws {
        let fixture = try LocalCAFixture()
        _ = try LocalCAAuthority.renew(
            LocalCASettings(fixture.settings), fixture.ceremony, newKey: .p256, now: fixture.clock.now())
        #expect(try await fixture.makeConnector().check().warnings == [])
    }

    @Test func whatTheRootHasRevokedIsNotGood() async throws {
        let fixture = try LocalCAFixture()
        _ = try LocalCAAuthority.signRootCRL(
            LocalCASettings(fixture.settings), fixture.ceremony, revoking: fixture.authorities[0].serialNumber,
            reason: .keyCompromise, now: fixture.clock.now())
        #expect(try await problem(fixture).contains("the root has revoked"))
    }

    @Test func whatHasEndedIsNotGoodAndIsNotRetired() async throws {
        let fixture = try LocalCAFixture()
        fixture.clock.advance(days: 365 * 6)
        #expect(try await problem(fixture).contains("ended on"))
        let error = #expect(throws: ConnectorError(.refused, "")) {
            try LocalCAAuthority.retire(
                LocalCASettings(fixture.settings), fixture.ceremony, revokingAll: nil, now: fixture.clock.now())
        }
        #expect(error?.message.contains("nothing to retire") == true)
        #expect(!FileManager.default.fileExists(atPath: fixture.file("retired")))
    }

    /// As long as its certificate is in force, its list has to be made.
    @Test func anOlderKeyThatIsGoneIsNotGood() async throws {
        let fixture = try LocalCAFixture()
        _ = try LocalCAAuthority.renew(
            LocalCASettings(fixture.settings), fixture.ceremony, newKey: .p256, now: fixture.clock.now())
        try FileManager.default.removeItem(atPath: fixture.file("issuing.key"))
        #expect(try await problem(fixture).contains("issuing.key"))
        // What it can do it does.
        #expect(try await fixture.makeConnector().enroll(LocalCAFixture.request("order-1")).chain != nil)
    }

    @Test func aRehearsedRevocationShowsTheListThatWouldBe() async throws {
        let fixture = try LocalCAFixture()
        let leaf = try #require(
            try await fixture.makeConnector().enroll(LocalCAFixture.request("order-1")).chain?.first)
        var ceremony = fixture.ceremony
        ceremony.isRehearsal = true
        let before = try fixture.bytes("issuing.crl")
        let shown = try LocalCAAuthority.revoke(
            LocalCASettings(fixture.settings), ceremony, serialNumber: leaf.serialNumber, certificate: nil,
            reason: .keyCompromise, now: fixture.clock.now())
        #expect(shown.entry(for: leaf.serialNumber)?.reasonCode == 1)
        #expect(try fixture.bytes("issuing.crl") == before)
    }
}
