// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Secrets
import TestSupport
import Testing

@testable import LocalCAPlugin

/// The root's occasions: renewal of the issuing CA, its revocation, the root's own list; and the end.
@Suite(.timeLimit(.minutes(5))) struct RenewalTests {
    private let crlURL = "http://pki.sandbox.example/ca.crl"

    private func leaf(_ connector: LocalCAConnector, _ reference: String) async throws -> [Certificate] {
        try #require(try await connector.enroll(LocalCAFixture.request(reference)).chain)
    }

    private func revoke(_ connector: LocalCAConnector, _ leaf: Certificate) async throws {
        _ = try await connector.revoke(
            RevocationRequest(certificate: leaf, order: CAOrder(leaf), reason: .superseded, comment: ""))
    }

    /// openssl's word on every order of the folder, with every list there is.
    private func verify(_ fixture: LocalCAFixture, _ reference: String) async throws -> String {
        let script = """
            for c in *.crl; do openssl crl -inform DER -in $c; done > /tmp/$$.crl
            cat issuing*.pem > /tmp/$$.pem
            openssl verify -x509_strict -crl_check_all -attime \(Int(fixture.clock.now().timeIntervalSince1970)) \
              -CRLfile /tmp/$$.crl -CAfile root.pem -untrusted /tmp/$$.pem orders/\(reference).pem 2>&1
            rm /tmp/$$.crl /tmp/$$.pem
            """
        return try await Tool.run(["sh", "-c", script], folder: fixture.file(""))
    }

    @Test func theSameKeyGoesOn() async throws {
        let fixture = try LocalCAFixture(passphrase: Secret("correct horse"), crlURL: crlURL)
        let connector = try fixture.makeConnector()
        let before = try await leaf(connector, "order-1")
        let gone = try await leaf(connector, "order-2")
        try await revoke(connector, gone[0])
        fixture.clock.advance(days: 4 * 365)
        #expect(try await connector.check().warnings.contains { $0.contains("certway ca root-crl") })
        let settings = try LocalCASettings(fixture.settings)
        let made = try LocalCAAuthority.renew(settings, fixture.ceremony, newKey: nil, now: fixture.clock.now())
        #expect(made[0].subject == fixture.authorities[0].subject)
        #expect(try made[0].publicKey == fixture.authorities[0].publicKey)
        #expect(made[0].notAfter > fixture.authorities[0].notAfter)
        #expect(made[0].crlDistributionPoints == ["http://pki.sandbox.example/root.crl"])
        #expect(made[0].extendedKeyUsage == [.emailProtection, .clientAuthentication])
        // The running connector takes it up by itself, and the list goes on.
        let after = try await leaf(connector, "order-3")
        #expect(after[1] == made[0])
        #expect(try fixture.bytes("issuing.cer") == made[0].der)
        try await revoke(connector, before[0])
        #expect(try connector.authority.crl().entries.count == 2)
        _ = try LocalCAAuthority.signRootCRL(
            settings, fixture.ceremony, revoking: nil, reason: .unspecified, now: fixture.clock.now())
        #expect(try await verify(fixture, "order-3").hasSuffix("OK\n"))
    }

    /// A new key has a name and a list of its own; the old one's list goes on until its certificate ends.
    @Test func aNewKeyBeginsAnotherList() async throws {
        let fixture = try LocalCAFixture(passphrase: Secret("correct horse"), crlURL: crlURL)
        let connector = try fixture.makeConnector()
        let before = try await leaf(connector, "order-1")
        let settings = try LocalCASettings(fixture.settings)
        fixture.clock.advance(days: 1)
        let made = try LocalCAAuthority.renew(settings, fixture.ceremony, newKey: .p384, now: fixture.clock.now())
        #expect(made[0].subject.commonName == "Example CA G2")
        let after = try await leaf(connector, "order-2")
        #expect(after[1] == made[0])
        #expect(after[0].crlDistributionPoints == ["http://pki.sandbox.example/ca-2.crl"])
        #expect(before[0].crlDistributionPoints == [crlURL])
        #expect(try await connector.maintain().count == 1)
        for reference in ["order-1", "order-2"] { #expect(try await verify(fixture, reference).hasSuffix("OK\n")) }
        try await revoke(connector, before[0])
        #expect(try await verify(fixture, "order-1").contains("certificate revoked"))
        #expect(try await verify(fixture, "order-2").hasSuffix("OK\n"))
        try await revoke(connector, after[0])
        #expect(try await verify(fixture, "order-2").contains("certificate revoked"))
        #expect(try await connector.inventory(from: nil).entries.map(\.status) == ["revoked", "revoked"])
        #expect(
            try LocalCAAuthority.renew(settings, fixture.ceremony, newKey: .p256, now: fixture.clock.now())[0]
                .subject.commonName == "Example CA G3")
        // Two lists go on; the others' certificates have not ended.
        fixture.clock.advance(days: 1)
        #expect(try await connector.maintain().count == 3)
        fixture.clock.advance(days: 5 * 365 - 1.5)
        #expect(try await connector.maintain().count == 2, "the first certificate has ended")
    }

    /// A renewal that is killed before the certificate lies there has not happened.
    @Test func aKeyWithoutCertificateIsNone() async throws {
        let fixture = try LocalCAFixture()
        for name in ["issuing-2.key", "issuing-2.crl"] {
            try fixture.put(Array("half".utf8), name)
        }
        let connector = try fixture.makeConnector()
        #expect(try await leaf(connector, "order-1")[1] == fixture.authorities[0])
        let made = try LocalCAAuthority.renew(
            LocalCASettings(fixture.settings), fixture.ceremony, newKey: .p256, now: fixture.clock.now())
        #expect(try await leaf(connector, "order-2")[1] == made[0])
    }

    /// The issuing CA's key is stolen: the root revokes it, it issues nothing, and a new key goes on.
    @Test func theRootRevokesTheIssuingCA() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        let before = try await leaf(connector, "order-1")
        let settings = try LocalCASettings(fixture.settings)
        for (serial, reason) in [
            (SerialNumber.random(), RevocationReason.keyCompromise), (before[0].serialNumber, .keyCompromise),
            (fixture.authorities[0].serialNumber, .certificateHold), (fixture.authorities[1].serialNumber, .superseded),
        ] {
            #expect(throws: ConnectorError(.refused, "")) {
                try LocalCAAuthority.signRootCRL(
                    settings, fixture.ceremony, revoking: serial, reason: reason, now: fixture.clock.now())
            }
        }
        let list = try LocalCAAuthority.signRootCRL(
            settings, fixture.ceremony, revoking: fixture.authorities[0].serialNumber, reason: .keyCompromise,
            now: fixture.clock.now())
        #expect(list.entries.map(\.reasonCode) == [1])
        #expect(try fixture.bytes("root.crl") == list.der && fixture.bytes("../ca-root/root.crl") == list.der)
        #expect(try await verify(fixture, "order-1").contains("certificate revoked"))
        await #expect(throws: ConnectorError(.configuration, "")) { try await leaf(connector, "order-2") }
        #expect(throws: ConnectorError(.refused, "")) {
            try LocalCAAuthority.renew(settings, fixture.ceremony, newKey: nil, now: fixture.clock.now())
        }
        _ = try LocalCAAuthority.renew(settings, fixture.ceremony, newKey: .p256, now: fixture.clock.now())
        _ = try await leaf(connector, "order-2")
        #expect(try await verify(fixture, "order-2").hasSuffix("OK\n"))
        // A root's folder from a backup knows nothing of it; the published list does.
        try FileManager.default.removeItem(atPath: fixture.file("../ca-root/root.crl"))
        let next = try LocalCAAuthority.signRootCRL(
            settings, fixture.ceremony, revoking: nil, reason: .unspecified, now: fixture.clock.now())
        #expect(next.entries == list.entries)
        #expect(try #require(next.number) > (try #require(list.number)))
    }

    @Test func theRootIsFoundAndNamed() throws {
        let fixture = try LocalCAFixture()
        let settings = try LocalCASettings(fixture.settings)
        let place = fixture.path + "/stick"
        try FileManager.default.moveItem(atPath: fixture.path + "/ca-root", toPath: place)
        var ceremony = fixture.ceremony
        ceremony.rootFolder = nil
        let error = #expect(throws: ConnectorError(.configuration, "")) {
            try LocalCAAuthority.renew(settings, ceremony, newKey: nil)
        }
        #expect(error?.message.contains("--root") == true && error?.message.contains("ca-root") == true)
        ceremony.rootFolder = place
        #expect(try LocalCAAuthority.renew(settings, ceremony, newKey: nil).count == 2)
        ceremony.rootFolder = try LocalCAFixture().path + "/ca-root"
        let other = try LocalCAFixture()
        ceremony.rootFolder = other.path + "/ca-root"
        let strange = #expect(throws: ConnectorError(.configuration, "")) {
            try LocalCAAuthority.renew(settings, ceremony, newKey: nil)
        }
        #expect(strange?.message.contains("another root") == true)
    }

    @Test(arguments: [nil, RevocationReason.cessationOfOperation]) func theEnd(_ reason: RevocationReason?) async throws
    {
        let fixture = try LocalCAFixture(passphrase: Secret("correct horse"))
        let connector = try fixture.makeConnector()
        let first = try await leaf(connector, "order-1")
        let second = try await leaf(connector, "order-2")
        try await revoke(connector, first[0])
        let settings = try LocalCASettings(fixture.settings)
        _ = try LocalCAAuthority.renew(settings, fixture.ceremony, newKey: .p256, now: fixture.clock.now())
        let third = try await leaf(connector, "order-3")
        let lists = try LocalCAAuthority.retire(
            settings, fixture.ceremony, revokingAll: reason, now: fixture.clock.now())
        #expect(lists.map(\.nextUpdate) == connector.authority.issuers.map(\.certificate.notAfter))
        #expect(lists[0].entry(for: first[0].serialNumber)?.reasonCode == 4)
        #expect(lists[0].contains(second[0].serialNumber) == (reason != nil))
        #expect(lists[1].contains(third[0].serialNumber) == (reason != nil))
        // The keys can go; what was issued is there, and nothing is signed any more.
        for name in ["issuing.key", "issuing-2.key"] { try FileManager.default.removeItem(atPath: fixture.file(name)) }
        for connector in [connector, try fixture.makeConnector()] {
            let error = await #expect(throws: ConnectorError(.configuration, "")) {
                try await leaf(connector, "order-4")
            }
            #expect(error?.message.contains("is retired") == true)
            #expect(try await leaf(connector, "order-3") == third)
            await #expect(throws: ConnectorError(.refused, "")) { try await revoke(connector, third[0]) }
            #expect(try await connector.maintain() == [])
            let found = await #expect(throws: ConnectorError(.configuration, "")) { try await connector.check() }
            #expect(found?.message.contains("is retired") == true && found?.message.contains("ca retire") == false)
        }
        #expect(throws: ConnectorError(.refused, "")) { try LocalCAAuthority.signCRLs(settings, fixture.ceremony) }
        #expect(throws: ConnectorError(.refused, "")) {
            try LocalCAAuthority.renew(settings, fixture.ceremony, newKey: .p256)
        }
        // Once more changes nothing and says so; what it cannot do any more it refuses.
        let later = fixture.clock.now() + 60
        #expect(try LocalCAAuthority.retire(settings, fixture.ceremony, revokingAll: nil, now: later).isEmpty)
        if reason == nil {
            let error = #expect(throws: ConnectorError(.refused, "")) {
                try LocalCAAuthority.retire(settings, fixture.ceremony, revokingAll: .superseded, now: later)
            }
            #expect(error?.message.contains("2 certificates in force") == true, "\(String(describing: error))")
        } else {
            #expect(
                try LocalCAAuthority.retire(settings, fixture.ceremony, revokingAll: .superseded, now: later).isEmpty)
        }
        #expect(try ["issuing.crl", "issuing-2.crl"].map { try fixture.bytes($0) } == lists.map(\.der))
        #expect(try await verify(fixture, "order-3").contains("revoked") == (reason != nil))
    }

    /// Killed between the word and the last list: doing it again finishes it.
    @Test func anInterruptedEndIsFinished() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        try Data().write(to: URL(fileURLWithPath: fixture.file("retired")))
        await #expect(throws: ConnectorError(.configuration, "")) { try await leaf(connector, "order-1") }
        let open = await #expect(throws: ConnectorError(.configuration, "")) { try await connector.check() }
        #expect(open?.message.contains("is retired") == true && open?.message.contains("certway ca retire") == true)
        let lists = try LocalCAAuthority.retire(
            LocalCASettings(fixture.settings), fixture.ceremony, revokingAll: nil, now: fixture.clock.now())
        #expect(lists.map(\.nextUpdate) == [fixture.authorities[0].notAfter])
        let done = await #expect(throws: ConnectorError(.configuration, "")) { try await connector.check() }
        #expect(done?.message.contains("is retired") == true && done?.message.contains("ca retire") == false)
    }
}
