// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Settings
import Store
import TestSupport
import Testing

@testable import Gateway

/// Where a gateway's database is, as people write it.
@Suite struct StoreLocationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func address(_ text: String) throws -> ServerAddress {
        guard case .server(let address, _) = try StoreLocation(text, from: .option("--store")).place else {
            throw SettingsError("\(text) is no server")
        }
        return address
    }

    /// What is thrown for a text, which must not repeat a secret.
    private func refusal(_ text: String) -> String {
        do {
            _ = try StoreLocation(text, from: .option("--store"))
            return ""
        } catch { return "\(error)" }
    }

    @Test func aFileIsAFile() throws {
        let location = try StoreLocation("sqlite:/var/lib/x.db", from: .option("--store"))
        #expect(location.file == "/var/lib/x.db" && location.description == "/var/lib/x.db")
    }

    @Test(
        arguments: [
            ("mariadb://u@db.example/d?password=env:P", ServerAddress.Family.mysql, 3306),
            ("mysql://u@db.example:3307/d?password=env:P", .mysql, 3307),
            ("postgresql://u@db.example/d?password=env:P", .postgresql, 5432),
            ("sqlserver://u@db.example/d?password=env:P", .sqlserver, 1433),
        ]) func anEngineHasItsPort(_ text: String, _ family: ServerAddress.Family, _ port: Int) throws
    {
        let address = try address(text)
        #expect(address.family == family && address.port == port && address.host == "db.example")
        #expect(address.user == "u" && address.database == "d" && address.usesTLS)
        #expect(
            try StoreLocation(text, from: .option("--store")).description
                == "\(text.prefix { $0 != ":" })://u@db.example:\(port)/d")
    }

    @Test func whatFollowsTheQuestionMark() throws {
        let address = try address(
            "postgresql://u%40t@[::1]/d?password=file:/run/secrets/a%20b&tlsRoots=/etc/ca.pem&driver=/opt/d.so")
        #expect(address.host == "::1" && address.user == "u@t")
        #expect(address.certificateAuthorities == "/etc/ca.pem" && address.driver == "/opt/d.so")
        #expect(try !self.address("mysql://u@127.0.0.1/d?password=env:P&tls=off").usesTLS)
    }

    @Test(
        arguments: [
            ("oracle://u@h/d", "expected sqlite:FILE"), ("mysql", "expected sqlite:FILE"),
            ("sqlite:", "expected sqlite:FILE"),
            ("mysql://u:Secret-1@h/d", "a password stands in it"), ("mysql://u@h/?password=env:P", "names no database"),
            ("mysql://u@h/d?password=Secret-1", "expected a reference"), ("mysql://u@h/d", "nothing signs in"),
            ("mysql://u@h/d?passwort=env:P", "known: password, tlsRoots, tls, driver"),
            ("mysql://u@h/d?password=env:P&tls=off", "on this machine alone"),
            ("mysql://u@localhost/d?password=env:P&tls=on", "expected off"),
            ("mysql://u@h/d?password=env:P&password=env:Q", "given twice"),
        ]) func whatIsNoneIsRefused(_ text: String, _ expected: String)
    {
        let refusal = refusal(text)
        #expect(refusal.contains(expected) && refusal.hasPrefix("--store: "), "\(refusal)")
        #expect(!refusal.contains("Secret-1"), "\(refusal)")
    }

    @Test func theFileInTheHomeNamesIt() throws {
        let home = GatewayHome(option: folder.path)
        #expect(try home.location().file == home.database)
        try folder.write("url: \"mysql://u@h/d\"\npassword: \"env:P\"\ntlsRoots: /etc/ca.pem\n", to: "store.yaml")
        guard case .server(let address, .password(let reference)) = try home.location().place else {
            Issue.record("no server")
            return
        }
        #expect(address.certificateAuthorities == "/etc/ca.pem" && "\(reference)" == "env:P")
        // What is typed goes first.
        #expect(try GatewayHome(option: folder.path, store: "sqlite:/x.db").location().file == "/x.db")
        #expect(try GatewayHome(option: "/nowhere", store: folder.path("store.yaml")).location().file == nil)
    }

    @Test func entraSignsIn() throws {
        let tenant = "{id: t.example, clientID: 0d1f6c62-6f5d-4d5f-9d0b-6f2f6f8b7a11, clientSecret: \"env:S\"}"
        try folder.write("url: \"sqlserver://h/d\"\ntenant: \(tenant)\n", to: "store.yaml")
        let home = GatewayHome(option: folder.path)
        guard case .server(_, .application(let application)) = try home.location().place else {
            Issue.record("no application")
            return
        }
        #expect(application.id == "t.example")
        for (word, id) in [
            ("system", nil), ("0d1f6c62-6f5d-4d5f-9d0b-6f2f6f8b7a11", "0d1f6c62-6f5d-4d5f-9d0b-6f2f6f8b7a11"),
        ] {
            try folder.write("url: \"sqlserver://h/d\"\nmanagedIdentity: \(word)\n", to: "store.yaml")
            guard case .server(_, .managedIdentity(let clientID)) = try home.location().place else {
                Issue.record("no managed identity")
                return
            }
            #expect(clientID == id)
        }
    }

    @Test(
        arguments: [
            ("password: \"env:P\"", "url is missing"), ("url: \"mysql://u@h/d\"\npassword: [1]", "password"),
            ("url: \"mysql://u@h/d\"\nurll: x", "unknown key urll"),
            ("url: \"mysql://u@h/d\"\npassword: \"env:P\"\nmanagedIdentity: system", "not both"),
            ("url: \"mysql://u@h/d?password=env:P\"\nmanagedIdentity: system", "not both"),
            ("url: \"sqlserver://h/d\"\ntenant: {id: t}", "clientID is missing"),
        ]) func aFileWithMistakesIsRefused(_ text: String, _ expected: String) throws
    {
        try folder.write(text + "\n", to: "store.yaml")
        var refusal = ""
        do { _ = try GatewayHome(option: folder.path).location() } catch { refusal = "\(error)" }
        #expect(refusal.contains(expected) && refusal.contains("store.yaml"), "\(refusal)")
    }
}
