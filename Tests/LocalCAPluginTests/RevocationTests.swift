// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import TestSupport
import Testing

@testable import LocalCAPlugin

@Suite struct RevocationTests {
    private func revocation(_ certificate: Certificate, _ reason: RevocationReason = .superseded) -> RevocationRequest {
        RevocationRequest(
            certificate: certificate, order: CAOrder(caRequestID: certificate.serialNumber.hex), reason: reason,
            comment: "test")
    }

    private func crl(_ fixture: LocalCAFixture) throws -> CertificateRevocationList {
        let crl = try CertificateRevocationList(der: fixture.bytes("issuing.crl"))
        try crl.verifySignature(by: fixture.authorities[0])
        return crl
    }

    @Test func revokedCertificatesAreOnTheCRL() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        let leaf = try #require(try await connector.enroll(LocalCAFixture.request("order-1")).chain?.first)
        #expect(try crl(fixture).entries == [])
        let first = try #require(try crl(fixture).number)
        guard case .revoked = try await connector.revoke(revocation(leaf)) else {
            Issue.record("not revoked")
            return
        }
        let list = try crl(fixture)
        #expect(list.entry(for: leaf.serialNumber)?.reasonCode == 4)
        #expect(try #require(list.number) > first)
        // Again, later, for another reason: nothing changes, but where the key turns out to be compromised.
        fixture.clock.advance(days: 0.1)
        _ = try await connector.revoke(revocation(leaf, .affiliationChanged))
        #expect(try crl(fixture).entries == list.entries)
        for _ in 0..<2 { _ = try await connector.revoke(revocation(leaf, .keyCompromise)) }
        let entry = try #require(try crl(fixture).entry(for: leaf.serialNumber))
        #expect(entry.reasonCode == 1 && entry.revocationDate == list.entries[0].revocationDate)
        _ = try await connector.revoke(revocation(leaf))
        #expect(try crl(fixture).entries == [entry])
        let page = try await connector.inventory(from: nil)
        #expect(page.entries.map(\.status) == ["revoked"])
    }

    @Test func byHandByNumberOrFile() async throws {
        let fixture = try LocalCAFixture()
        let leaf = try #require(
            try await fixture.makeConnector().enroll(LocalCAFixture.request("order-1")).chain?.first)
        let settings = try LocalCASettings(fixture.settings)
        func revoke(_ number: SerialNumber, _ certificate: Certificate? = nil) throws -> [SerialNumber] {
            try LocalCAAuthority.revoke(
                settings, fixture.ceremony, serialNumber: number, certificate: certificate, reason: .keyCompromise,
                now: fixture.clock.now()
            ).entries.map(\.serialNumber)
        }
        #expect(throws: ConnectorError(.refused, "")) { try revoke(.random()) }
        let issuing = fixture.authorities[0]
        let own = #expect(throws: ConnectorError(.refused, "")) { try revoke(issuing.serialNumber, issuing) }
        #expect(own?.message.contains("root-crl") == true)
        #expect(try revoke(leaf.serialNumber) == [leaf.serialNumber])
        try FileManager.default.removeItem(atPath: fixture.file("certificates/\(leaf.serialNumber.hex).pem"))
        #expect(throws: ConnectorError(.refused, "")) { try revoke(leaf.serialNumber) }
        #expect(try revoke(leaf.serialNumber, leaf) == [leaf.serialNumber])
        let strange = try LocalCAFixture()
        let other = try #require(
            try await strange.makeConnector().enroll(LocalCAFixture.request("order-1")).chain?.first)
        #expect(throws: ConnectorError(.refused, "")) { try revoke(other.serialNumber, other) }
        #expect(try crl(fixture).entries.count == 1)
    }

    @Test func holdsCanEnd() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        let leaf = try #require(try await connector.enroll(LocalCAFixture.request("order-1")).chain?.first)
        await #expect(throws: ConnectorError(.refused, "")) {
            try await connector.revoke(revocation(leaf, .removeFromCRL))
        }
        _ = try await connector.revoke(revocation(leaf, .certificateHold))
        #expect(try crl(fixture).contains(leaf.serialNumber))
        _ = try await connector.revoke(revocation(leaf, .removeFromCRL))
        #expect(try !crl(fixture).contains(leaf.serialNumber))
        _ = try await connector.revoke(revocation(leaf, .certificateHold))
        _ = try await connector.revoke(revocation(leaf, .keyCompromise))
        #expect(try crl(fixture).entry(for: leaf.serialNumber)?.reasonCode == 1)
    }

    /// The record of what is revoked goes on only from one that this CA has signed.
    @Test func anotherCAsCRLIsNotContinued() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        let leaf = try #require(try await connector.enroll(LocalCAFixture.request("order-1")).chain?.first)
        let strange = try LocalCAFixture().bytes("issuing.crl")
        try Data(strange).write(to: URL(fileURLWithPath: fixture.file("issuing.crl")))
        await #expect(throws: ConnectorError(.configuration, "")) { try await connector.revoke(revocation(leaf)) }
        #expect(try fixture.bytes("issuing.crl") == strange)
    }

    @Test func anotherCAsCertificateIsRefused() async throws {
        let fixture = try LocalCAFixture()
        let other = try LocalCAFixture()
        let leaf = try #require(try await other.makeConnector().enroll(LocalCAFixture.request("order-1")).chain?.first)
        await #expect(throws: ConnectorError(.refused, "")) {
            try await fixture.makeConnector().revoke(revocation(leaf))
        }
    }

    @Test func noRevocationIsLostInARace() async throws {
        let fixture = try LocalCAFixture()
        let connectors = try (0..<4).map { _ in try fixture.makeConnector() }
        var leaves: [Certificate] = []
        for index in 0..<40 {
            leaves.append(
                try #require(try await connectors[0].enroll(LocalCAFixture.request("order-\(index)")).chain?.first))
        }
        let issued = leaves
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, leaf) in issued.enumerated() {
                group.addTask { _ = try await connectors[index % 4].revoke(revocation(leaf)) }
            }
            try await group.waitForAll()
        }
        let list = try crl(fixture)
        #expect(Set(list.entries.map(\.serialNumber)) == Set(issued.map(\.serialNumber)))
    }

    @Test func aLostCRLStopsTheCA() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        try FileManager.default.removeItem(atPath: fixture.file("issuing.crl"))
        await #expect(throws: ConnectorError(.configuration, "")) { try await connector.check() }
        #expect(throws: ConnectorError(.configuration, "")) { try fixture.makeConnector() }
    }

    @Test func inventoryComesInPages() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        for index in 0..<12 { _ = try await connector.enroll(LocalCAFixture.request("order-\(index)")) }
        let first = try #require(try FileManager.default.contentsOfDirectory(atPath: fixture.file("orders")).min())
        let text = try fixture.bytes("orders/" + first)
        // Copies stand in for 400 more orders.
        for index in 0..<400 {
            try Data(text).write(to: URL(fileURLWithPath: fixture.file("orders/p-\(1000 + index).pem")))
        }
        var references = 0
        var cursor: String?
        var pages = 0
        repeat {
            let page = try await connector.inventory(from: cursor)
            references += page.entries.count
            cursor = page.next
            pages += 1
        } while cursor != nil
        #expect(references == 412)
        #expect(pages == 3)
    }
}
