// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
import Settings
import Store
import TestSupport
import Testing
import YAMLDocuments

@Suite struct ConfigurationStoreTests {
    private let ledger: OrderLedger
    private let store: ConfigurationStore

    init() async throws {
        ledger = OrderLedger(database: try await TestDatabase(OrderLedger.migrations))
        store = ConfigurationStore(ledger: ledger)
    }

    @discardableResult
    private func apply(_ text: String, prunes: Bool = false) async throws -> [String] {
        let draft = try await store.draft(applying: YAMLNode.parse(text, file: "f.yaml"), prunes: prunes)
        try draft.reading.collector.check()
        try await store.apply(draft.changes, by: .service)
        return draft.changes.map { "\($0.section)/\($0.name) \($0.kind.rawValue)" }
    }

    @Test func whatIsExportedCanBeAppliedAgainAndChangesNothing() async throws {
        let first = try await apply(SampleConfiguration.full)
        #expect(
            first == [
                "backendCAs/private added", "backendCAs/public added", "console/settings added",
                "directories/address-list added", "directories/certbox added", "handOver/settings added",
                "intune/settings added",
                "keyRecoveryAgents/anna added", "keyRecoveryAgents/bert added", "limits/settings added",
                "notifications/settings added", "policies/staff added", "recovery/settings added",
                "templates/logon added", "templates/plain added", "templates/smime added", "templates/team added",
                "templates/web added",
                "tenant/settings added",
            ])
        let yaml = try await store.yaml()
        let revision = try await ledger.configurationRevision()
        let second = try await apply(yaml, prunes: true)
        #expect(second.count == first.count)
        #expect(second.allSatisfy { $0.hasSuffix(" unchanged") }, "\(second)")
        #expect(try await store.yaml() == yaml)
        #expect(try await ledger.configurationRevision() == revision)
        let written = try ConfigurationReader.read(SampleConfiguration.full, file: "f")
        let loaded = try await store.load(file: "f")
        #expect(loaded.tenant == written.tenant && loaded.intune == written.intune)
        #expect(loaded.limits == written.limits)
        #expect(Set(loaded.backendCAs) == Set(written.backendCAs))
        for template in written.templates {
            #expect(loaded.template(template.name)?.fingerprint == template.fingerprint)
        }
    }

    /// Text that YAML would read as something else, or break.
    @Test func awkwardTextSurvivesTheStore() async throws {
        let words = [
            "yes", "no", "null", "~", "true", "012", "1e3", "0x1F", "-5", " leading", "trailing ", "a: b", "# c", "*a",
            "&b", "!c", "%d", "@e", "`f", "'g'", "\\\"h\\\"", "i\\nj", "tab\\there", "日本語", "🗝️", "{k}", "[l]", "-", "?",
            "a\\u0007b", "=", "2020-01-01", ".inf", "<<",
        ]
        let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
        let text = "backendCAs: [{name: ca, connector: x, acceptedRoots: /r.pem, settings: {words: [\(list)]}}]"
        try await apply(text)
        let written = try ConfigurationReader.read(text, file: "f")
        #expect(try await store.load(file: "f").backendCAs == written.backendCAs)
        #expect(try await apply(store.yaml()) == ["backendCAs/ca unchanged"])
    }

    /// What `apply --dry-run` shows.
    @Test func aChangeNamesEveryValueThatDiffers() async throws {
        func differences(_ text: String, prunes: Bool = false) async throws -> [String] {
            let draft = try await store.draft(applying: YAMLNode.parse(text, file: "f.yaml"), prunes: prunes)
            return draft.changes.flatMap { change in
                change.differences.map {
                    "\(change.name) \($0.keyPath): \($0.old?.text ?? "nothing") -> \($0.new?.text ?? "nothing")"
                }
            }
        }
        let old =
            "backendCAs: [{name: ca, connector: x, acceptedRoots: /r.pem, settings: {words: [a, b], account: \"1\"}}]"
        #expect(
            try await differences(old) == [
                "ca acceptedRoots: nothing -> \"/r.pem\"", "ca connector: nothing -> \"x\"",
                "ca name: nothing -> \"ca\"",
                "ca settings.account: nothing -> \"1\"", "ca settings.words: nothing -> [\"a\",\"b\"]",
            ])
        try await apply(old)
        #expect(try await differences(old).isEmpty)
        let new = old.replacing("/r.pem", with: "/s.pem").replacing(", b", with: "").replacing("account", with: "owner")
        #expect(
            try await differences(new) == [
                "ca acceptedRoots: \"/r.pem\" -> \"/s.pem\"", "ca settings.account: \"1\" -> nothing",
                "ca settings.owner: nothing -> \"1\"", "ca settings.words: [\"a\",\"b\"] -> [\"a\"]",
            ])
        #expect(try await differences("backendCAs: []", prunes: true).allSatisfy { $0.hasSuffix(" -> nothing") })
        #expect(try await differences("backendCAs: []", prunes: true).count == 5)
    }

    @Test func partsAreAddedToThoseThereAre() async throws {
        try await apply(SampleConfiguration.full)
        let changes = try await apply(
            """
            backendCAs:
              - {name: private, connector: local-ca, acceptedRoots: /etc/certway/other.pem}
              - {name: third, connector: local-ca, acceptedRoots: /etc/certway/own.pem}
            """)
        #expect(changes == ["backendCAs/private changed", "backendCAs/third added"])
        let configuration = try await store.load(file: "f")
        #expect(configuration.backendCAs.map(\.name) == ["private", "public", "third"])
        #expect(configuration.backendCA("private")?.acceptedRoots == "/etc/certway/other.pem")
        #expect(configuration.tenant != nil)
    }

    @Test func pruningRemovesWhatASectionOfTheFileNoLongerHolds() async throws {
        try await apply(SampleConfiguration.full)
        let file = """
            templates:
              - {name: plain, backendCA: private, product: smime}
            """
        #expect(
            try await apply(file, prunes: true).sorted() == [
                "templates/logon removed", "templates/plain unchanged", "templates/smime removed",
                "templates/team removed", "templates/web removed",
            ])
        #expect(
            try await apply("templates: []\npolicies: []", prunes: true) == [
                "policies/staff removed", "templates/plain removed",
            ])
        let configuration = try await store.load(file: "f")
        #expect(configuration.templates.isEmpty)
        #expect(configuration.backendCAs.count == 2)
    }

    @Test func aResultThatDoesNotFitTogetherIsRefusedAndChangesNothing() async throws {
        try await apply(SampleConfiguration.full)
        let before = try await store.yaml()
        let error = await #expect(throws: Diagnostics.self) {
            try await apply(
                "backendCAs: [{name: private, connector: local-ca, acceptedRoots: /r.pem}]", prunes: true)
        }
        let problem = try #require(error?.all.first)
        #expect(error?.all.count == 1 && problem.file == "the stored configuration" && problem.line != nil)
        #expect(problem.message == "template smime: backendCA \"public\" is not configured")
        #expect(problem.hint == "known: private")
        await #expect(throws: Diagnostics.self) { try await apply("templates: [{name: x}]") }
        #expect(try await store.yaml() == before)
    }

    /// Every part shows the file and line it stands in: the file's own first, with the places it has there.
    @Test func partsOfTheFileStandBeforeThoseThatStay() async throws {
        try await apply(SampleConfiguration.full)
        let file = "# a line\ntemplates:\n  - {name: new, group: g, backendCA: privat, product: p, delivery: none}\n"
        let error = await #expect(throws: Diagnostics.self) { try await apply(file) }
        let problem = try #require(error?.all.first)
        #expect(error?.all.count == 1)
        #expect(problem.file == "f.yaml" && problem.line == 3 && problem.keyPath == "templates[0].backendCA")
        #expect(problem.hint == "did you mean private?")
        let draft = try await store.draft(
            applying: YAMLNode.parse(file.replacing("privat,", with: "private,"), file: "f.yaml"), prunes: false)
        #expect(draft.reading.configuration.templates.map(\.name) == ["new", "logon", "plain", "smime", "team"])
        #expect(
            draft.reading.templates.map(\.node.file) == ["f.yaml"]
                + Array(repeating: "the stored configuration", count: 4))
        #expect(draft.reading.configuration.tenant != nil)
    }
}
