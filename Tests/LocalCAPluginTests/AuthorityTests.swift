// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Secrets
import TestSupport
import Testing

@testable import LocalCAPlugin

@Suite(.timeLimit(.minutes(5))) struct AuthorityTests {
    @Test(arguments: [KeyType.rsa2048, .p256, .p384]) func opensslAcceptsTheWholeCA(_ keyType: KeyType) async throws {
        let fixture = try LocalCAFixture(keyType: keyType)
        let connector = try fixture.makeConnector()
        _ = try await connector.enroll(LocalCAFixture.request("order-1"))
        let printed = try await Tool.run(
            [
                "sh", "-c",
                "openssl crl -inform DER -in issuing.crl -out i.pem && openssl crl -inform DER -in root.crl -out r.pem"
                    + " && openssl verify -x509_strict -crl_check_all -CRLfile i.pem -CRLfile r.pem -CAfile root.pem"
                    + " -untrusted issuing.pem orders/order-1.pem",
            ], folder: fixture.file(""))
        #expect(printed == "orders/order-1.pem: OK\n")
    }

    @Test func keysAreForTheirOwnerOnly() throws {
        let fixture = try LocalCAFixture()
        for (name, expected) in [("issuing.key", 0o600), ("../ca-root/root.key", 0o600), ("../ca-root", 0o700)] {
            let mode = try FileManager.default.attributesOfItem(atPath: fixture.file(name))[.posixPermissions] as? Int
            #expect(mode == expected)
        }
    }

    /// What certificates are made of and recorded in is nobody else's; seen while the CA runs.
    @Test(arguments: [
        ("issuing.key", 0o666), ("issuing.key", 0o640), ("issuing.pem", 0o666), ("issuing.crl", 0o646),
        ("orders", 0o777),
        ("certificates", 0o777), ("temporary", 0o777), ("", 0o777),
    ])
    func whatOthersMayChangeIsNotUsed(name: String, mode: Int) async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        _ = try await connector.enroll(LocalCAFixture.request("order-1"))
        let right = try FileManager.default.attributesOfItem(atPath: fixture.file(name))[.posixPermissions] as? Int
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: fixture.file(name))
        let error = await #expect(throws: ConnectorError(.configuration, "")) {
            try await connector.enroll(LocalCAFixture.request("order-2"))
        }
        #expect(error?.message.contains("has mode \(String(mode, radix: 8))") == true, "\(String(describing: error))")
        #expect(throws: ConnectorError(.configuration, "")) { try LocalCAAuthority(LocalCASettings(fixture.settings)) }
        try FileManager.default.setAttributes([.posixPermissions: #require(right)], ofItemAtPath: fixture.file(name))
        #expect(try await connector.enroll(LocalCAFixture.request("order-2")).chain != nil)
    }

    /// One key that cannot be used keeps no other key's list from being made.
    @Test func theListsOfOtherKeysGoOn() throws {
        let fixture = try LocalCAFixture()
        _ = try LocalCAAuthority.renew(LocalCASettings(fixture.settings), fixture.ceremony, newKey: .p256)
        let before = try CertificateRevocationList(der: fixture.bytes("issuing-2.crl"))
        try FileManager.default.removeItem(atPath: fixture.file("issuing.crl"))
        let error = #expect(throws: ConnectorError.self) {
            try LocalCAAuthority.signCRLs(LocalCASettings(fixture.settings), fixture.ceremony, now: Date() + 60)
        }
        #expect(error?.message.contains("issuing.crl") == true, "\(String(describing: error))")
        let after = try CertificateRevocationList(der: fixture.bytes("issuing-2.crl"))
        #expect(after.number ?? 0 > before.number ?? 0)
    }

    /// Opened before the CA was retired, and come to write afterwards.
    @Test func theLastListStaysTheLast() throws {
        let fixture = try LocalCAFixture()
        let early = try LocalCAAuthority(LocalCASettings(fixture.settings))
        let last = try LocalCAAuthority.retire(LocalCASettings(fixture.settings), fixture.ceremony, revokingAll: nil)
        let now = Date() + 3600
        #expect(throws: ConnectorError(.refused, "")) {
            try early.current.revoke(SerialNumber([1]), reason: .keyCompromise, now: now, lifetime: 86_400)
        }
        #expect(throws: ConnectorError(.refused, "")) {
            try early.current.refreshCRL(now: Date() + 90_000, lifetime: 86_400)
        }
        #expect(try CertificateRevocationList(der: fixture.bytes("issuing.crl")).number == last.first?.number)
        #expect(try LocalCAAuthority(LocalCASettings(fixture.settings)).crl().nextUpdate == early.certificate.notAfter)
    }

    @Test func aCAThatHasEndedSaysThatItHasNoLists() throws {
        let fixture = try LocalCAFixture()
        let error = #expect(throws: ConnectorError(.refused, "")) {
            try LocalCAAuthority.signCRLs(
                LocalCASettings(fixture.settings), fixture.ceremony, now: Date() + 20 * 366 * 86_400)
        }
        #expect(error?.message.contains("certway ca renew") == true, "\(String(describing: error))")
    }

    @Test func passphraseIsNeeded() async throws {
        let fixture = try LocalCAFixture(passphrase: Secret("correct horse"))
        #expect(String(decoding: try fixture.bytes("issuing.key"), as: UTF8.self).contains("ENCRYPTED PRIVATE KEY"))
        #expect(try await fixture.makeConnector().enroll(LocalCAFixture.request("order-1")).chain != nil)
        for secret in [nil, Secret("wrong")] {
            var settings = fixture.settings
            settings.secrets["passphrase"] = secret
            let error = #expect(throws: ConnectorError(.configuration, "")) {
                try LocalCAAuthority(LocalCASettings(settings))
            }
            #expect(error?.message.contains("settings.passphrase") == true)
            #expect(error?.description.contains("wrong") == false)
        }
    }

    @Test func aCAIsNeverReplaced() throws {
        let fixture = try LocalCAFixture()
        let before = try fixture.bytes("issuing.pem")
        #expect(throws: ConnectorError(.configuration, "")) {
            try LocalCAConnector.createAuthority(fixture.settings, fixture.ceremony)
        }
        #expect(try fixture.bytes("issuing.pem") == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.path).sorted() == ["ca", "ca-root"])
    }

    @Test func missingPiecesAreNamed() throws {
        let fixture = try LocalCAFixture()
        var elsewhere = fixture.settings
        elsewhere.values["directory"] = .string(fixture.path + "/none")
        let none = #expect(throws: ConnectorError(.configuration, "")) {
            try LocalCAAuthority(LocalCASettings(elsewhere))
        }
        #expect(none?.message.contains("make one first") == true)
        for name in ["issuing.key", "issuing.crl", "root.pem"] {
            let saved = try fixture.bytes(name)
            try FileManager.default.removeItem(atPath: fixture.file(name))
            let error = #expect(throws: ConnectorError(.configuration, "")) { try fixture.makeConnector() }
            #expect(error?.message.contains(name) == true)
            try fixture.put(saved, name)
        }
        let other = try LocalCAFixture()
        try fixture.put(other.bytes("issuing.key"), "issuing.key")
        let mixed = #expect(throws: ConnectorError(.configuration, "")) { try fixture.makeConnector() }
        #expect(mixed?.message.contains("is not the key of issuing.pem") == true)
        try fixture.put(other.bytes("root.pem"), "root.pem")
        let strange = #expect(throws: ConnectorError(.configuration, "")) { try fixture.makeConnector() }
        #expect(strange?.message.contains("is not issued by root.pem") == true)
        var empty = fixture.settings
        empty.values["directory"] = nil
        #expect(throws: ConnectorError(.configuration, "")) { try LocalCASettings(empty) }
    }

    @Test func checkReportsTheCA() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        _ = try await connector.enroll(LocalCAFixture.request("order-1"))
        func files() throws -> Set<String> {
            Set(try FileManager.default.subpathsOfDirectory(atPath: fixture.file("")))
        }
        let before = try files()
        let report = try await connector.check()
        #expect(try files() == before)
        #expect(report.account == "CN=Example CA")
        #expect(report.issuers.map(\.isSelfSigned) == [false, true])
        #expect(report.facts.contains { $0 == ("issued", "1") })
        #expect(!report.warnings.contains { $0.contains("offline") })
        try FileManager.default.copyItem(atPath: fixture.path + "/ca-root", toPath: fixture.file("root"))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: fixture.file("root/root.key"))
        #expect(try await connector.check().warnings.contains { $0.contains("chmod 600") })
        #expect(
            try await connector.check().warnings.contains { $0.contains("root/root.key") && $0.contains("offline") })
    }

    @Test func productsAreThoseOfTheProfile() async throws {
        let products = try await LocalCAFixture().makeConnector().products()
        #expect(
            products.map(\.id) == ["smime", "smime-encryption", "smime-signing", "client-authentication", "server"])
    }

    @Test func theProfileClaimsWhatTheConnectorCan() throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        let claimed = ConnectorAbility.allCases.filter(fixture.profile.claims)
        #expect(claimed == ConnectorAbility.allCases.filter { $0.isImplemented(by: connector) })
        #expect(LocalCAConnector.diagnose(fixture.profile).isEmpty)
        #expect(fixture.profile.module == LocalCAConnector.kind)
    }
}
