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
            try Data(saved).write(to: URL(fileURLWithPath: fixture.file(name)))
        }
        let other = try LocalCAFixture()
        try Data(other.bytes("issuing.key")).write(to: URL(fileURLWithPath: fixture.file("issuing.key")))
        let mixed = #expect(throws: ConnectorError(.configuration, "")) { try fixture.makeConnector() }
        #expect(mixed?.message.contains("is not the key of issuing.pem") == true)
        try Data(other.bytes("root.pem")).write(to: URL(fileURLWithPath: fixture.file("root.pem")))
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
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: fixture.file("issuing.key"))
        func files() throws -> Set<String> {
            Set(try FileManager.default.subpathsOfDirectory(atPath: fixture.file("")))
        }
        let before = try files()
        let report = try await connector.check()
        #expect(try files() == before)
        #expect(report.account == "CN=Example CA")
        #expect(report.issuers.map(\.isSelfSigned) == [false, true])
        #expect(report.facts.contains { $0 == ("issued", "1") })
        #expect(report.warnings.contains { $0.contains("chmod 600") })
        #expect(!report.warnings.contains { $0.contains("offline") })
        try FileManager.default.copyItem(atPath: fixture.path + "/ca-root", toPath: fixture.file("root"))
        #expect(
            try await connector.check().warnings.contains { $0.contains("root/root.key") && $0.contains("offline") })
    }

    @Test func productsAreThoseOfTheProfile() async throws {
        let products = try await LocalCAFixture().makeConnector().products()
        #expect(products.map(\.id) == ["smime", "smime-encryption", "smime-signing", "client-authentication"])
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
