// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import TestSupport
import Testing

@testable import LocalCAPlugin

/// How lists follow each other, whatever happens to clock and folder.
@Suite struct CRLTests {
    private func crl(_ fixture: LocalCAFixture, _ name: String = "issuing.crl") throws -> CertificateRevocationList {
        try CertificateRevocationList(der: fixture.bytes(name))
    }

    private func revoked(_ connector: LocalCAConnector, _ reference: String) async throws -> SerialNumber {
        let leaf = try #require(try await connector.enroll(LocalCAFixture.request(reference)).chain?.first)
        _ = try await connector.revoke(
            RevocationRequest(certificate: leaf, order: CAOrder(leaf), reason: .superseded, comment: ""))
        return leaf.serialNumber
    }

    /// A day or less for Entra, and the next one when half of it is over; a check changes nothing.
    @Test(arguments: [1, 24, 168]) func theNextListComesLongBeforeTheEnd(hours: Int) async throws {
        let fixture = try LocalCAFixture(crlHours: hours)
        let connector = try fixture.makeConnector()
        let serial = try await revoked(connector, "order-1")
        var last = try crl(fixture)
        #expect(try await connector.maintain() == [])
        for _ in 0..<8 {
            fixture.clock.advance(hours: Double(hours) * 0.3)
            _ = try await connector.check()
            #expect(try crl(fixture).number == last.number, "a check changes nothing")
            let said = try await connector.maintain()
            let next = try crl(fixture)
            #expect(said.isEmpty == (next.number == last.number))
            #expect(try #require(next.nextUpdate) >= fixture.clock.now() + Double(hours) * 1800 - 600)
            #expect(try #require(next.nextUpdate).timeIntervalSince(next.thisUpdate) == Double(hours) * 3600)
            #expect(next.thisUpdate < fixture.clock.now())
            #expect(next.entries.map(\.serialNumber) == [serial])
            last = next
        }
        #expect(try #require(last.number) > 1_000_000_000_000)
    }

    /// A shorter time in the configuration is in force at once, not when the long one is over.
    @Test func aShorterTimeIsTakenUp() async throws {
        let fixture = try LocalCAFixture(crlHours: 168)
        var settings = fixture.settings
        settings.values["crlHours"] = 24
        let authority = try LocalCAAuthority(LocalCASettings(settings))
        #expect(try authority.maintain(now: fixture.clock.now()).made.count == 1)
        #expect(try crl(fixture).nextUpdate == fixture.clock.now() + 86_400 - 600)
    }

    /// What was published after the backup has lower numbers than what comes after the restore.
    @Test func numbersRiseEvenAfterARestore() async throws {
        let fixture = try LocalCAFixture()
        let backup = fixture.path + "/backup"
        try FileManager.default.copyItem(atPath: fixture.path + "/ca", toPath: backup)
        var connector = try fixture.makeConnector()
        for index in 0..<30 { _ = try await revoked(connector, "order-\(index)") }
        let published = try crl(fixture)
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.file("orders")).count == 30)
        try FileManager.default.removeItem(atPath: fixture.path + "/ca")
        try FileManager.default.moveItem(atPath: backup, toPath: fixture.path + "/ca")
        fixture.clock.advance(days: 0.001)
        connector = try fixture.makeConnector()
        _ = try await revoked(connector, "order-x")
        let after = try crl(fixture)
        #expect(try #require(after.number) > (try #require(published.number)))
        // The list that was published is the record: put back, it is gone on with.
        try Data(published.der).write(to: URL(fileURLWithPath: fixture.file("issuing.crl")))
        _ = try await revoked(connector, "order-y")
        #expect(try crl(fixture).entries.count == 31)
    }

    /// A clock that is set back signs nothing; a person's word ends that, since only a person knows which clock was wrong.
    @Test func aClockSetBackSignsNothing() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        // The clock is wrong by a year, and a list is made then.
        fixture.clock.advance(days: 365)
        #expect(try await connector.maintain().count == 1)
        let ahead = try crl(fixture)
        fixture.clock.advance(days: -365)
        let error = await #expect(throws: ConnectorError(.configuration, "")) { try await connector.maintain() }
        #expect(error?.message.contains("--clock-is-right") == true)
        let leaf = try #require(try await connector.enroll(LocalCAFixture.request("order-1")).chain?.first)
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await connector.revoke(
                RevocationRequest(certificate: leaf, order: CAOrder(leaf), reason: .superseded, comment: ""))
        }
        #expect(try crl(fixture).der == ahead.der)
        #expect(try await connector.check().warnings.contains { $0.contains("later than now") })

        var ceremony = fixture.ceremony
        ceremony.clockIsRight = true
        let settings = try LocalCASettings(fixture.settings)
        let lists = try LocalCAAuthority.signCRLs(settings, ceremony, now: fixture.clock.now())
        #expect(lists.map(\.der) == [try crl(fixture).der])
        #expect(lists[0].thisUpdate < fixture.clock.now())
        #expect(try #require(lists[0].number) > (try #require(ahead.number)))
        _ = try await connector.revoke(
            RevocationRequest(certificate: leaf, order: CAOrder(leaf), reason: .superseded, comment: ""))
        #expect(try crl(fixture).contains(leaf.serialNumber))
        #expect(try await connector.maintain() == [])
    }

    /// After a clock that was ahead numbers are ahead, too, and rise all the same when a later backup comes back.
    @Test func numbersRiseAfterBothAClockAndARestore() async throws {
        let fixture = try LocalCAFixture()
        let settings = try LocalCASettings(fixture.settings)
        var ceremony = fixture.ceremony
        ceremony.clockIsRight = true
        let start = fixture.clock.now()
        for days in [365.0, 0] {
            _ = try LocalCAAuthority.signCRLs(settings, ceremony, now: start + days * 86_400)
        }
        let backup = try crl(fixture)
        #expect(try #require(backup.number) > Int(start.timeIntervalSince1970 * 1000) + 86_400_000)
        var last = 0
        for seconds in 1...40 {
            let list = try LocalCAAuthority.signCRLs(settings, fixture.ceremony, now: start + Double(seconds) * 0.7)[0]
            #expect(try #require(list.number) > last)
            last = try #require(list.number)
        }
        try Data(backup.der).write(to: URL(fileURLWithPath: fixture.file("issuing.crl")))
        let restored = try LocalCAAuthority.signCRLs(settings, fixture.ceremony, now: start + 30)[0]
        #expect(try #require(restored.number) > last)
    }

    /// Seconds that a time server takes back are nobody's business.
    @Test func aSmallStepBackIsNoMatter() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        _ = try await revoked(connector, "order-1")
        let before = try crl(fixture)
        fixture.clock.advance(hours: -0.1)
        _ = try await revoked(connector, "order-2")
        #expect(try crl(fixture).entries.count == 2)
        #expect(try #require(crl(fixture).number) > (try #require(before.number)))
    }

    @Test func aDryRunWritesNothing() throws {
        let fixture = try LocalCAFixture()
        let before = try fixture.bytes("issuing.crl")
        var ceremony = fixture.ceremony
        ceremony.isRehearsal = true
        let settings = try LocalCASettings(fixture.settings)
        let now = fixture.clock.now() + 5
        #expect(try LocalCAAuthority.signCRLs(settings, ceremony, now: now).count == 1)
        #expect(try LocalCAAuthority.retire(settings, ceremony, revokingAll: nil, now: now).count == 1)
        _ = try LocalCAAuthority.signRootCRL(settings, ceremony, revoking: nil, reason: .unspecified, now: now)
        for newKey in [nil, KeyType.p256] {
            #expect(try LocalCAAuthority.renew(settings, ceremony, newKey: newKey, now: now).count == 2)
        }
        #expect(try fixture.bytes("issuing.crl") == before)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: fixture.file("")).sorted() == [
                "certificates", "issuing.cer", "issuing.crl", "issuing.key", "issuing.pem", "orders", "root.cer",
                "root.crl", "root.pem", "temporary",
            ])
    }
}
