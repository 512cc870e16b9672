// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import JSONDocuments
import Ledger
import PKIX
import Settings
import Testing
import YAMLDocuments

/// Orders belong to the account they were placed at: a configuration must not hand them to another.
@Suite(.timeLimit(.minutes(5))) struct ApplyTests {
    private static let place = "one-ca production https://one-ca.example/api"

    private func refusal(_ office: Office, _ yaml: String, prunes: Bool = false) async throws -> String {
        let before = try await office.configuration.export()
        let error = await #expect(throws: (any Error).self) { try await office.apply(yaml, prunes: prunes) }
        #expect(try await office.configuration.export() == before)
        return error.map { "\($0)" } ?? ""
    }

    /// Renamed in the file, it is another template for the same people, and each of the two is paid for.
    @Test func aRenamedTemplateIsSaidToOrderASecondTime() async throws {
        let office = try await Office()
        let renamed = office.yaml().replacing("name: smime,", with: "name: mail,")
        func twins(_ yaml: String) async throws -> [String] {
            try await office.apply(yaml, isDryRun: true).warnings.filter {
                $0.contains("order for the same group and purpose")
            }
        }
        #expect(try await twins(renamed).map { $0.prefix(25) } == ["templates smime and mail "])
        #expect(try await twins(office.yaml()).isEmpty)
        #expect(
            try await twins(
                renamed
                    + "\n  - {name: smime, group: \(Office.group), backendCA: one, product: p, delivery: none, enabled: false}"
            ).isEmpty)
    }

    /// What is for sandboxes buys twice elsewhere.
    @Test func aWaitForLostOrdersThatIsTooShortIsAWarning() async throws {
        let office = try await Office()
        func said(_ one: String) async throws -> [String] {
            try await office.apply(office.yaml(one: one), isDryRun: true).warnings.filter {
                $0.contains("bought again")
            }
        }
        #expect(try await said(", absenceIsSureAfter: 10s").count == 1)
        #expect(try await said(", absenceIsSureAfter: 1d").isEmpty)
        #expect(try await said("").isEmpty)
        #expect(try await said(", absenceIsSureAfter: 10s, endpoint: \"http://127.0.0.1:9/\"").isEmpty)
    }

    @Test(arguments: [
        (", account: x", "", "one-ca production https://one-ca.example/api account=x"),
        ("", ", environment: trial", "one-ca trial https://trial.one-ca.example/api"),
        ("", ", endpoint: \"https://ca.other.example/\"", "one-ca production https://ca.other.example"),
    ])
    func anotherAccountIsRefusedWhileTheCAHasOrders(settings: String, one: String, after: String) async throws {
        let office = try await Office()
        let order = try await office.order("ada", .pending, connection: Self.place)
        let yaml = office.yaml(settings: settings, one: one)
        let message = try await refusal(office, yaml)
        #expect(message.contains("backend CA one would be \(after) instead of \(Self.place)"), "\(message)")
        #expect(message.contains("order \(order.reference) (ada@example.org)"), "\(message)")
        #expect(message.contains("--leave-open-orders") && message.contains("under a new name"))
        await #expect(throws: SettingsError.self) { try await office.apply(yaml, isDryRun: true) }
    }

    @Test(arguments: [OrderStage.submitted, .pending]) func aBackendCAWithOrdersIsNotPruned(stage: OrderStage)
        async throws
    {
        let office = try await Office()
        for person in ["a", "b", "c", "d", "e", "f", "g"] { _ = try await office.order(person, stage) }
        let renamed = office.yaml().replacing("name: one", with: "name: first").replacing(
            "backendCA: one", with: "backendCA: first")
        let message = try await refusal(office, renamed, prunes: true)
        #expect(message.contains("backend CA one would go, but the CA still has 7 orders: "), "\(message)")
        #expect(message.contains(" and 2 more"))
        // Beside the old one it does no harm.
        try await office.apply(renamed)
    }

    @Test func withConsentTheyAreHeldWithTheReason() async throws {
        let office = try await Office()
        let order = try await office.order("ada", .submitted, connection: Self.place)
        let other = try await office.order("bob", .pending, backendCA: "other", template: "logon")
        let result = try await office.apply(office.yaml(settings: ", account: x"), leavesOpenOrders: true)
        #expect(result.stranded.map(\.orders.count) == [1])
        let held = try await office.orders.timeline(order.reference)
        #expect(held.order.holdReason?.contains("it was placed at \(Self.place), and backend CA one is now") == true)
        #expect(held.events.last?.data["by"] == "eve")
        #expect(try await office.orders.order(other.reference).holdReason == nil)
    }

    @Test func aDryRunHoldsNothing() async throws {
        let office = try await Office()
        let order = try await office.order("ada", .submitted, connection: Self.place)
        let before = try await office.configuration.export()
        let result = try await office.apply(
            office.yaml(settings: ", account: x"), leavesOpenOrders: true, isDryRun: true)
        #expect(result.stranded.map(\.backendCA) == ["one"])
        #expect(try await office.orders.order(order.reference).holdReason == nil)
        #expect(try await office.configuration.export() == before)
    }

    @Test func whatTheCADoesNotHaveStandsInNobodysWay() async throws {
        let office = try await Office()
        for (person, stage) in [("a", OrderStage.planned), ("b", .keyed)] { _ = try await office.order(person, stage) }
        try await office.apply(office.yaml(settings: ", account: x"))
    }

    @Test func whatSaysNothingAboutTheAccountMayChange() async throws {
        let office = try await Office()
        _ = try await office.order("ada", .pending)
        try office.folder.write("new", to: "key")
        let pruned = office.yaml(settings: ", note: n", one: ", pollEvery: 5s, limits: []")
        #expect(try await office.apply(pruned, prunes: true).stranded.isEmpty)
    }

    /// The way back must be open: an order that was left behind is at the former connection.
    @Test func theFormerConnectionMayComeBack() async throws {
        let office = try await Office()
        _ = try await office.order("ada", .pending, connection: Self.place)
        try await office.apply(office.yaml(settings: ", account: x"), leavesOpenOrders: true)
        #expect(try await office.apply(office.yaml()).stranded.isEmpty)
    }

    @Test func withoutAProfileEverySettingMeansTheAccount() async throws {
        let office = try await Office()
        _ = try await office.order("ada", .pending)
        try office.folder.write("no: profile", to: "one-ca.yaml")
        let message = try await refusal(
            office, office.yaml().replacing("connector: one-ca", with: "connector: other-ca"))
        #expect(message.contains("instead of one-ca key="), "\(message)")
        #expect(try await refusal(office, office.yaml()).contains("profile \"one-ca\" is invalid"))
    }

    /// Agents are looked at where they are added: one whose key does not protect, and one that only seems to be a second.
    @Test func agentsThatCannotBeArchivedForAreNotAdded() async throws {
        let office = try await Office()
        func agent(_ name: String, _ key: PrivateKey, _ profile: CertificateProfile = .smimeEncryption) throws -> String
        {
            let certificate = try CertificateBuilder(
                profile: profile, subject: [("CN", name)], publicKey: key.publicKey, notBefore: Office.start,
                notAfter: Office.end
            ).selfSigned(key: key)
            let path = try office.folder.write(certificate.pem, to: "\(name).pem")
            return office.yaml(more: "keyRecoveryAgents: [{name: \(name), certificate: \(path)}]")
        }
        let key = try PrivateKey.generate(.p256)
        try await office.apply(agent("ada", key))
        #expect(
            try await refusal(office, agent("weak", .generateWeak())).contains("agent weak: the RSA key has 1024 bits"))
        let signer = try await refusal(office, agent("signer", .generate(.p256), .smimeSigning))
        #expect(signer.contains("agent signer: the certificate is for"), "\(signer)")
        #expect(try await refusal(office, agent("eve", key)).contains("agents ada, eve have the same key"))
        try office.folder.write("no certificate", to: "none.pem")
        let none = office.yaml(
            more: "keyRecoveryAgents: [{name: none, certificate: \(office.folder.path("none.pem"))}]")
        #expect(try await refusal(office, none).contains("none.pem holds no PEM"))
        try await office.apply(agent("grace", .generate(.rsa2048)))
    }

    /// Under another name a template orders anew for everybody: who renames one is told before it costs.
    @Test func whoTakesATemplateAwayIsToldOfItsCertificates() async throws {
        let office = try await Office()
        for person in ["ada", "bob"] {
            try await office.issue(person, by: (office.root, office.rootKey), at: Date(), .active)
        }
        let renamed = office.yaml().replacing("name: smime", with: "name: mail")
        let result = try await office.apply(renamed, prunes: true, isDryRun: true)
        let told = result.warnings.filter { $0.contains("goes, and") }
        #expect(told.count == 1 && told[0].contains("template smime goes, and 2 certificates of it stay"), "\(told)")
        #expect(try await office.apply(renamed).warnings.allSatisfy { !$0.contains("goes, and") }, "nothing goes")
        #expect(try await office.apply(renamed, prunes: true).warnings.contains { told.contains($0) })
    }

    /// What came from a CA that goes, or stands for another one, can be revoked by nobody.
    @Test func whoTakesACAAwayIsToldOfItsCertificates() async throws {
        let office = try await Office()
        for person in ["ada", "bob"] {
            try await office.issue(person, by: (office.root, office.rootKey), at: Date(), .active)
        }
        func told(_ yaml: String, prunes: Bool = false) async throws -> [String] {
            try await office.apply(yaml, prunes: prunes, isDryRun: true).warnings.filter {
                $0.contains("revoked from here")
            }
        }
        let elsewhere = try await told(office.yaml(one: ", environment: trial"))
        #expect(
            elsewhere.count == 1
                && elsewhere[0].contains("backend CA one stands for another CA or account from now on, and 2 "),
            "\(elsewhere)")
        let gone = try await told(
            office.yaml().replacing("name: one,", with: "name: three,").replacing(
                "backendCA: one,", with: "backendCA: three,"), prunes: true)
        #expect(gone.count == 1 && gone[0].contains("backend CA one goes, and 2 certificates"), "\(gone)")
        #expect(try await told(office.yaml(), prunes: true).isEmpty)
    }

    /// What an older version took and this one refuses, as the store then holds it.
    enum Former: String, CaseIterable {
        case interval, pollEvery, hiddenName, capitals

        /// Its parts are replaced by those of the file, or have names of their own and go by `--prune` alone.
        var goesWithoutPruning: Bool { self == .interval || self == .pollEvery }

        func store(_ office: Office) async throws {
            func part(_ kind: String, _ name: String, _ more: [String: JSONValue]) async throws -> DocumentChange {
                let stored = try await office.ledger.documents(kind).first { $0.name == name }
                let body = (stored?.body.object ?? [:]).merging(more) { $1 }
                return .put(kind: kind, name: body["name"]?.string ?? name, body: .object(body))
            }
            let change =
                switch self {
                case .interval: try await part("limits", "settings", ["interval": "5s"])
                case .pollEvery: try await part("backendCAs", "one", ["pollEvery": "0s"])
                case .hiddenName: try await part("templates", "smime", ["name": "smi\u{200B}me"])
                case .capitals: try await part("backendCAs", "one", ["name": "ONE"])
                }
            _ = try await office.ledger.apply([change])
        }
    }

    /// Looks at what is stored in every way: connections that change, templates that change.
    private func mended(_ office: Office, settings: String = "") -> String {
        office.yaml(settings: settings, one: ", expectedWithin: 2h", more: "limits: {interval: 15m}")
            .replacing("product: p, delivery", with: "product: p, validityDays: 100, delivery")
    }

    @Test(arguments: Former.allCases, [false, true])
    func whatAnOlderVersionTookIsMendedByAFile(former: Former, prunes: Bool) async throws {
        let office = try await Office()
        try await former.store(office)
        await #expect(throws: Diagnostics.self) { try await office.gateway() }
        guard prunes || former.goesWithoutPruning else {
            _ = try await refusal(office, mended(office), prunes: prunes)
            return
        }
        let result = try await office.apply(mended(office), prunes: prunes)
        #expect(result.stranded.isEmpty)
        #expect(try await office.gateway().configuration.limits.interval == .seconds(900))
    }

    /// A part that cannot be read as a whole still says where its orders are.
    @Test func ordersAreLookedForAtAnOlderConfigurationToo() async throws {
        let office = try await Office()
        _ = try await office.order("ada", .pending, connection: Self.place)
        try await Former.pollEvery.store(office)
        let message = try await refusal(office, mended(office, settings: ", account: x"))
        #expect(message.contains("instead of \(Self.place)"), "\(message)")
    }

    /// A member that a file leaves out goes, a section that it leaves out stays: who applies it is told which go.
    @Test func whatAFileLeavesOutIsNamed() async throws {
        let office = try await Office()
        try await office.apply(office.yaml(more: "limits: {ordersPerRun: 1, endingsPerRun: 3}"))
        let shorter = try await office.apply(office.yaml(more: "limits: {ordersPerRun: 1}"), isDryRun: true)
        #expect(shorter.leftOut == ["limits.endingsPerRun"])
        let without = try await office.apply(office.yaml(), isDryRun: true)
        #expect(without.leftOut.isEmpty && without.changes.allSatisfy { !$0.isEffective })
    }

    /// That a section was empty is no difference beside the members that it has now.
    @Test func eachDifferenceHasAName() async throws {
        let office = try await Office()
        try await office.apply(office.yaml(more: "handOver: {}"))
        let changed = try await office.apply(office.yaml(more: "handOver: {keepKeyFor: 1d}"), isDryRun: true)
        let differences = changed.changes.filter { $0.kind == .changed }.flatMap(ConfigurationResult.differences)
        #expect(differences.map(\.keyPath) == ["keepKeyFor"], "\(differences)")
    }
}
