// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import PKIX
import Testing
import YAMLDocuments

@Suite("Connector profiles")
struct ProfileReadingTests {
    @Test("a complete profile is read")
    func complete() throws {
        let profile = try ConnectorProfile.read(Profiles.complete, file: "x.yaml")
        #expect(profile.name == "example-ca")
        #expect(profile.module == "rest")
        #expect(profile.isEnabled)
        #expect(profile.environments.map(\.name) == ["production", "sandbox"])
        #expect(profile.environments.map(\.url) == ["https://api.example.com/v1", "http://127.0.0.1:8080"])
        #expect(
            profile.settings.map(\.key) == [
                "account", "apiKey", "profileType", "organization", "skipApproval", "clientCertificate",
            ])
        #expect(profile.settings.map(\.isRequired) == [true, true, false, false, false, false])
        #expect(
            profile.limits == [
                RateLimit(requests: 100, per: .seconds(5)), RateLimit(requests: 1000, per: .seconds(180)),
            ])
        #expect(profile.absenceIsSureAfter == .seconds(900))
        #expect(profile.chain.roots.first?.hasPrefix("abcdef01") == true)
        #expect(Set(profile.sections.keys) == ["login", "operations", "errors"])
        #expect(profile.sections["login"]?["headers"]?.line == 15)
    }

    @Test("products, with aliases and dates")
    func products() throws {
        let profile = try ConnectorProfile.read(Profiles.complete, file: "x.yaml")
        let product = try #require(profile.product("mailbox_sha2"))
        #expect(product.id == "mailbox")
        #expect(product.keyTypes == [.rsa2048, .p256])
        #expect(product.requiredNames == ["emails"])
        #expect(product.validityDays?.allows(825) == true)
        #expect(product.validityDays?.allows(29) == false)
        #expect(profile.product("legacy")?.validityDays?.allows(366) == false)
        func day(_ text: String) throws -> Date { try Date("\(text)T00:00:00Z", strategy: .iso8601) }
        #expect(product.isOffered(at: try day("2025-07-10")))
        #expect(!product.isOffered(at: try day("2025-07-09")))
        #expect(!product.isOffered(at: try day("2027-01-01")))
        #expect(profile.product("unknown") == nil)
    }

    @Test("abilities come from operations where a profile has them, else from the list")
    func abilities() throws {
        let profile = try ConnectorProfile.read(Profiles.complete, file: "x.yaml")
        #expect(ConnectorAbility.allCases.filter(profile.claims) == [.poll])
        #expect(profile.abilities == [.inventory])
        var listed = profile
        listed.sections["operations"] = nil
        #expect(ConnectorAbility.allCases.filter(listed.claims) == [.inventory])
    }

    @Test("revocation reasons the CA does not take have no word")
    func reasons() throws {
        let table = try ConnectorProfile.read(Profiles.complete, file: "x.yaml").revocationReasons
        #expect(table.word(for: .keyCompromise) == "key_compromise")
        #expect(table.word(for: .superseded) == 4)
        #expect(table.word(for: .certificateHold) == nil)
        #expect(table.offered == [.keyCompromise, .superseded])
    }

    @Test("the least a profile needs")
    func minimal() throws {
        let profile = try ConnectorProfile.read(
            "connector: a\ntitle: A\nmodule: local-ca\nenabled: false", file: "x.yaml")
        #expect(!profile.isEnabled)
        #expect(profile.environments.isEmpty && profile.settings.isEmpty && profile.absenceIsSureAfter == nil)
    }

    @Test("a module's own section is named like its kind")
    func ownSection() throws {
        let text = "connector: a\ntitle: A\nmodule: local-ca\nlocal-ca: {crl: 1d}"
        #expect(try ConnectorProfile.read(text, file: "x.yaml").sections["local-ca"] != nil)
        #expect(Profiles.problems(text + "\nrest: {}").map(\.keyPath) == ["rest"])
    }

    @Test("ten planted mistakes give ten diagnostics, each with line and key path")
    func tenMistakes() {
        let text = """
            connector: Example CA
            title: 5
            module: rest
            environments: {production: "http://api.example.com", sandbox: https://sandbox.example.com}
            setings: {}
            settings:
              apiKey: {type: secrt, title: API key}
              account: {type: integer, title: Account, default: many}
            limits: [{requests: 0, per: 5s}, {requests: 5, per: 5 seconds}]
            products:
              - {id: a, title: A, keyTypes: [rsa2048, p265]}
            revocationReasons: {keyCompromised: x}
            """
        #expect(
            Profiles.problems(text, file: "connectors.d/example-ca.yaml").map(\.description) == [
                "connectors.d/example-ca.yaml:1:12: connector: \"Example CA\" is not a name of at most 64 small letters, digits and hyphens, the first of them a letter",
                "connectors.d/example-ca.yaml:2:8: title: expected text, found \"5\" (put it in quotes)",
                "connectors.d/example-ca.yaml:4:28: environments.production: http is for this machine's own addresses only; begin with https://",
                "connectors.d/example-ca.yaml:5:1: setings: unknown key setings (did you mean settings?)",
                "connectors.d/example-ca.yaml:7:18: settings.apiKey.type: expected one of 6 words, found \"secrt\" (did you mean secret?)",
                "connectors.d/example-ca.yaml:8:53: settings.account.default: expected a whole number, found text",
                "connectors.d/example-ca.yaml:9:21: limits[0].requests: expected a whole number from 1 to 1000000, found \"0\"",
                "connectors.d/example-ca.yaml:9:53: limits[1].per: expected a duration from 1s to 30d, such as 5s, 15m, 2h or 3d, found \"5 seconds\"",
                "connectors.d/example-ca.yaml:11:43: products[0].keyTypes[1]: expected one of 5 words, found \"p265\" (did you mean p256?)",
                "connectors.d/example-ca.yaml:12:37: revocationReasons.keyCompromised: keyCompromised is not a reason of RFC 5280 §5.3.1 (did you mean keyCompromise?)",
            ])
    }

    @Test(
        "single mistakes",
        arguments: [
            ("connector: 1a", "connector"), ("title: ''", "title"), ("module: [rest]", "module"),
            ("enabled: yes", "enabled"),
            ("documentation: [file:///etc/passwd]", "documentation[0]"), ("documentation: x", "documentation"),
            ("environments: {p: ftp://x.example}", "environments.p"),
            ("environments: {p: 'https://u:p@x.example'}", "environments.p"),
            ("environments: {p: 'https://x.example/?q=1'}", "environments.p"),
            ("environments: {p: /v1}", "environments.p"),
            ("environments: {p: 'http://127.0.0.1.example.com'}", "environments.p"),
            ("environments: {p: 'http://10.0.0.1'}", "environments.p"),
            ("settings: {a-b: {type: text, title: A}}", "settings.a-b"),
            ("settings: {a: {title: A}}", "settings.a.type"),
            ("settings: {a: {type: text}}", "settings.a.title"),
            ("settings: {a: {type: secret, title: A, default: x}}", "settings.a.default"),
            ("settings: {a: {type: choice, title: A}}", "settings.a.choices"),
            ("settings: {a: {type: choice, title: A, choices: [x], default: y}}", "settings.a.default"),
            ("settings: {a: {type: text, title: A, choices: [x]}}", "settings.a.choices"),
            ("settings: {a: {type: choice, title: A, choicesFrom: listAll}}", "settings.a.choicesFrom"),
            ("settings: {a: {type: text, title: A, defalt: x}}", "settings.a.defalt"),
            ("settings: {a: text}", "settings.a"),
            ("limits: [{per: 5s}]", "limits[0].requests"), ("limits: [{requests: 5}]", "limits[0].per"),
            ("limits: [{requests: 5, per: 0s}]", "limits[0].per"), ("limits: {requests: 5, per: 5s}", "limits"),
            ("products: [{id: a, title: A}, {id: a, title: B}]", "products[1].id"),
            ("products: [{id: a, title: A, aliases: [b]}, {id: b, title: B}]", "products[1].id"),
            ("products: [{id: a, title: A, purposes: [mail]}]", "products[0].purposes[0]"),
            ("products: [{id: a, title: A, names: {required: [mail]}}]", "products[0].names.required[0]"),
            ("products: [{id: a, title: A, names: {need: [emails]}}]", "products[0].names.need"),
            ("products: [{id: a, title: A, validityDays: 365}]", "products[0].validityDays"),
            (
                "products: [{id: a, title: A, validityDays: {minimum: 9, maximum: 8}}]",
                "products[0].validityDays.maximum"
            ),
            ("products: [{id: a, title: A, from: 2025-02-30}]", "products[0].from"),
            ("products: [{id: a, title: A, from: 2025-07-10, until: 2025-07-10}]", "products[0].until"),
            ("products: [{id: a, title: A, options: {b: {type: nope, title: B}}}]", "products[0].options.b.type"),
            ("revocationReasons: {superseded: true}", "revocationReasons.superseded"),
            ("abilities: [polling]", "abilities[0]"),
            ("absenceIsSureAfter: 15", "absenceIsSureAfter"), ("chain: {roots: [abc]}", "chain.roots[0]"),
            ("chain: {intermediates: [abc]}", "chain.intermediates[0]"), ("chain: {leaf: 1}", "chain.leaf"),
            ("login: {}\noperation: {}", "operation"),
        ])
    func singleMistakes(line: String, keyPath: String) {
        let key = line.prefix { $0 != ":" }
        let rest = ["connector: a", "title: A", "module: rest"].filter { !$0.hasPrefix("\(key):") }
        let problems = Profiles.problems((rest + [line]).joined(separator: "\n"))
        #expect(problems.map(\.keyPath) == [keyPath], "\(problems)")
    }

    @Test("paths cannot leave the environment", arguments: ["/orders", "/", "/orders/0?limit=5", "/a//b"])
    func goodPaths(path: String) { #expect(RelativePath.problem(path) == nil) }

    @Test(
        "texts that are no paths",
        arguments: [
            "", "orders", "//evil.example/x", "https://evil.example/", "/a b", "/a\\b", "/../x", "/a/./b", "/a#b",
            "@evil.example/",
            ".evil.example/", ":8443/x", "/a\nb",
        ])
    func badPaths(path: String) { #expect(RelativePath.problem(path) != nil) }

    @Test("sections the module does not know are noted")
    func unknownSections() throws {
        let profile = try ConnectorProfile.read(Profiles.complete, file: "x.yaml")
        let keys = [ProfileKey("operations", "mapping", "x"), ProfileKey("login", "mapping", "x")]
        #expect(profile.diagnoseSections(known: keys).map(\.keyPath) == ["errors"])
    }
}
