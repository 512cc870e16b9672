// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Testing

@testable import LocalCAPlugin

/// What the CA tells of itself, so that a host notices a folder that came from an older copy.
@Suite struct StateTests {
    @Test func whatWasSignedShowsInTheState() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        let start = try await connector.state()
        #expect(start.issued == 0 && !start.isRetired && start.root == fixture.authorities[1])
        #expect(start.lists.map(\.issuer) == fixture.authorities.map(\.subject))
        let leaf = try #require(try await connector.enroll(LocalCAFixture.request("order-1")).chain?[0])
        #expect(try await connector.state().issued == 1)
        // By hand, as another process does it.
        fixture.clock.advance(hours: 1)
        let now = fixture.clock.now()
        let settings = try LocalCASettings(fixture.settings)
        _ = try LocalCAAuthority.revoke(
            settings, fixture.ceremony, serialNumber: leaf.serialNumber, certificate: nil, reason: .superseded, now: now
        )
        let revoked = try await connector.state()
        #expect(revoked.lists[0].contains(leaf.serialNumber))
        #expect(try #require(revoked.lists[0].number) > (try #require(start.lists[0].number)))
        _ = try LocalCAAuthority.renew(settings, fixture.ceremony, newKey: .p256, now: now)
        #expect(try await connector.state().lists.count == 3)
        _ = try LocalCAAuthority.signRootCRL(
            settings, fixture.ceremony, revoking: fixture.authorities[0].serialNumber, reason: .superseded, now: now)
        #expect(try await connector.state().lists.last?.entries.count == 1)
        _ = try LocalCAAuthority.retire(settings, fixture.ceremony, revokingAll: nil, now: now)
        #expect(try await connector.state().isRetired)
        // A list that is lost is no reason to tell nothing.
        try FileManager.default.removeItem(atPath: fixture.file("issuing.crl"))
        #expect(try await connector.state().lists.count == 2)
    }
}
