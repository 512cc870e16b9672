// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import Secrets
import Testing
import YAMLDocuments

@Suite("What an administrator gives")
struct ProfileSettingsTests {
    private let profile: ConnectorProfile
    private let secrets = ["apiKey": Secret("planted-marker")]

    init() throws { profile = try ConnectorProfile.read(Profiles.complete, file: "x.yaml") }

    @Test("right values, with defaults filled in")
    func rightValues() throws {
        let settings = try profile.settings(values: ["account": 5, "organization": "7"], secrets: secrets)
        #expect(
            settings.values == ["account": 5, "organization": "7", "profileType": "strict", "skipApproval": true])
        #expect(settings.endpoint == "https://api.example.com/v1")
        #expect(settings.secrets["apiKey"]?.revealed == "planted-marker")
    }

    @Test("environment and endpoint")
    func endpoint() throws {
        func endpoint(_ environment: String?, _ endpoint: String?) throws -> String {
            try profile.settings(values: ["account": 5], secrets: secrets, environment: environment, endpoint: endpoint)
                .endpoint
        }
        #expect(try endpoint("sandbox", nil) == "http://127.0.0.1:8080")
        #expect(try endpoint("production", "https://ca.example.net/") == "https://ca.example.net")
        #expect(throws: Diagnostics.self) { try endpoint("prodction", nil) }
        #expect(throws: Diagnostics.self) { try endpoint(nil, "http://ca.example.net") }
    }

    @Test("everything wrong at once, without quoting a secret")
    func wrongValues() throws {
        let error = #expect(throws: Diagnostics.self) {
            try profile.settings(
                values: [
                    "account": "5", "profileType": "strickt", "skipApproval": 1, "acount": 5,
                    "apiKey": "planted-marker",
                    "clientCertificate": "",
                ],
                secrets: ["apiKei": Secret("planted-marker")], environment: "test", endpoint: "nowhere")
        }
        let problems = try #require(error).all
        #expect(
            Set(problems.map(\.keyPath)) == [
                "settings.account", "settings.profileType", "settings.skipApproval", "settings.acount",
                "settings.apiKey",
                "settings.clientCertificate", "settings.apiKei", "environment", "endpoint",
            ])
        #expect(problems.count == 9)
        #expect(problems.first { $0.keyPath == "settings.acount" }?.hint == "did you mean account?")
        #expect(!"\(problems)".contains("planted-marker"))
    }

    @Test("missing values, the empty ones too")
    func missingValues() throws {
        let error = #expect(throws: Diagnostics.self) {
            try profile.settings(values: ["account": nil], secrets: ["apiKey": Secret("")])
        }
        #expect(error?.all.map(\.keyPath) == ["settings.account", "settings.apiKey"])
    }

    @Test("a product's options are checked the same way")
    func options() throws {
        let options = try #require(profile.product("mailbox")?.options)
        let collector = DiagnosticCollector()
        #expect(options.complete([:], file: "t", path: "options", collector: collector) == ["usage": "dual_use"])
        _ = options.complete(["usage": "sign", "x": 1], file: "t", path: "options", collector: collector)
        #expect(collector.all.map(\.keyPath) == ["options.usage", "options.x"])
    }
}
