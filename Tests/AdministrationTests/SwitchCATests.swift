// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Settings
import StoreSQLite
import TestSupport
import Testing

/// `certway template switch-ca`: what is reported, what is changed, and the way back.
@Suite(.timeLimit(.minutes(5))) struct SwitchCATests {
    private let office: Office

    init() async throws {
        office = try await Office()
        let products = """
            products:
              - {id: p, title: P, keyTypes: [rsa2048], purposes: [smime], validityDays: {maximum: 365}}
              - {id: person, title: Person, purposes: [smime], keyTypes: [p256], names: {required: [surname]}}
            """
        try office.folder.write(CountingConnector.profile("third-ca", products), to: "third-ca.yaml")
        try await office.apply(
            "backendCAs: [{name: third, connector: third-ca, acceptedRoots: \(office.folder.path)/root.pem, "
                + "settings: {key: \"file:\(office.folder.path)/key\"}}]")
    }

    private func administration() async throws -> CASwitchAdministration {
        CASwitchAdministration(try await office.gateway(), caller: .commandLine("eve"))
    }

    @discardableResult
    private func go(
        to backendCA: String = "third", product: String? = "p", members: [String: JSONValue] = [:],
        pace: CASwitch.Pace = .renewal, from: Date? = nil, isDryRun: Bool = false
    ) async throws -> CASwitchReport {
        try await administration().begin(
            CASwitchRequest(
                template: "smime", backendCA: backendCA, product: product, members: members, pace: pace, from: from),
            isDryRun: isDryRun)
    }

    private func back() async throws -> CASwitchReport {
        try await administration().back("smime", pace: .renewal, isOffline: false, isDryRun: false)
    }

    private func template() async throws -> TemplateConfiguration {
        try #require(try await office.store.configuration().template("smime"))
    }

    /// On its day the template would name a backend CA that there is not.
    @Test func whereATemplateIsToGoStays() async throws {
        let before = try await office.configuration.export()
        let without = office.yaml()
        try await go(from: Date() + 86_400)
        for isDryRun in [true, false] {
            let error = await #expect(throws: SettingsError.self) {
                try await office.apply(without, prunes: true, isDryRun: isDryRun)
            }
            #expect("\(error.map { "\($0)" } ?? "")".contains("template smime is to go there on "))
        }
        _ = try await back()
        try await office.apply(without, prunes: true)
        #expect(try await office.configuration.export() != before)
    }

    /// A slip of the year would begin it at once.
    @Test func aDayThatIsOverIsRefused() async throws {
        let before = try await office.configuration.export()
        let error = await #expect(throws: SettingsError.self) { try await go(from: Date() - 300 * 86_400) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("is over"))
        #expect(try await office.configuration.export() == before)
        #expect(try await go(from: Date() + 86_400, isDryRun: true).obstacles.isEmpty)
    }

    /// Another pace for a switch that has begun: what is said beside it counts as well, and what was changed by hand since stays.
    @Test func whatIsSetBesideAnotherPaceCounts() async throws {
        try await go(members: ["price": "1 EUR"])
        try await office.apply(
            office.yaml().replacing("backendCA: one, product: p,", with: "backendCA: third, product: p, price: 2 EUR,"))
        let report = try await go(members: ["validityDays": 90], pace: .now)
        #expect(report.state == .switched, "\(report.obstacles)")
        let switched = try await template()
        #expect(switched.validityDays == 90 && switched.price == Money("2 EUR"))
        #expect(try await ConfigurationStore(ledger: office.ledger).switches().map(\.pace) == [.now])
        let wrong = try await go(members: ["validityDay": 90], pace: .now, isDryRun: true)
        #expect(wrong.obstacles.contains { $0.contains("validityDay") }, "\(wrong.obstacles)")
        _ = try await back()
        #expect(try await template().validityDays == nil)
    }

    @Test func aDryRunSaysWhatDiffersAndChangesNothing() async throws {
        let before = try await office.configuration.export()
        let report = try await go(isDryRun: true)
        #expect(report.state == .dryRun && report.obstacles.isEmpty)
        let topics = Dictionary(uniqueKeysWithValues: report.differences.map { ($0.topic, $0) })
        #expect(topics["CA"]?.former == "one (one-ca)" && topics["CA"]?.next == "third (third-ca)")
        #expect(topics["key types of the product"]?.next == "rsa2048")
        #expect(topics["validity in days"]?.next == "offered from 1 to 365")
        #expect(topics["accepted roots"] == nil, "they are the same")
        #expect(report.section.contains("backendCA: third"))
        #expect(try await office.configuration.export() == before)
        #expect(try await template().caSwitch == nil)
    }

    @Test func theStoredConfigurationChangesAsApplyWouldChangeIt() async throws {
        let report = try await go(pace: .now)
        #expect(report.state == .switched)
        let template = try await template()
        #expect((template.backendCA, template.product, template.caSwitch?.pace) == ("third", "p", .now))
        #expect(try await office.configuration.export().contains("backendCA: third"))
        // Whoever has written the section into the file goes on applying it.
        let result = try await office.apply(report.section)
        #expect(result.changes.allSatisfy { !$0.isEffective } && result.warnings.isEmpty == false)
        #expect(try await self.template().caSwitch?.formerCA == "one")
    }

    @Test func anOlderFileDoesNotTakeItBackUnnoticed() async throws {
        try await go()
        let before = try await office.configuration.export()
        let error = await #expect(throws: SettingsError.self) { try await office.apply(office.yaml()) }
        let message = error?.message ?? ""
        #expect(message.contains("template smime was switched on "))
        #expect(message.contains(#"from {backendCA: "one", product: "p"} to {backendCA: "third", product: "p"}"#))
        #expect(message.contains("--back") && message.contains("--undo-switch"))
        #expect(try await office.configuration.export() == before)
        let result = try await office.configuration.apply(
            office.yaml(), file: "f.yaml", prunes: false, undoesSwitches: true, isDryRun: false)
        #expect(result.warnings.contains { $0.contains("its switch to third is undone") })
        let template = try await template()
        #expect(template.backendCA == "one" && template.caSwitch == nil)
    }

    /// The administrator has decided otherwise since.
    @Test func aFileThatNamesAThirdCAEndsTheSwitch() async throws {
        try await go()
        let yaml = office.yaml().replacing("backendCA: one", with: "backendCA: other")
        let result = try await office.apply(yaml)
        #expect(result.warnings.contains { $0.contains("takes the place of its switch to third") })
        await #expect(throws: Obstacle.self) { try await back() }
    }

    @Test func backAndForth() async throws {
        try await office.apply(
            office.yaml().replacing("product: p, delivery", with: "product: p, options: {a: 1}, delivery"))
        let former = try await office.configuration.export()
        let gone = try await go(product: "person", members: ["key": "p256", "names": ["surname": ".mail"]])
        #expect(gone.obstacles == [])
        #expect(try await template().key == .p256)
        #expect(try await template().options == [:])
        #expect(try await back().state == .switched)
        #expect(try await office.configuration.export() == former)
        // The older file is the one that holds again.
        try await office.apply(
            office.yaml().replacing("product: p, delivery", with: "product: p, options: {a: 1}, delivery"))
        #expect(try await back().state == .switched)
        #expect(try await template().product == "person")
        #expect(try await template().key == .p256)
    }

    @Test func whatWasChangedByHandSinceStaysOnTheWayBack() async throws {
        try await go(members: ["validityDays": 300])
        try await office.apply(
            "templates: [{name: smime, group: \(Office.group), backendCA: third, product: p, validityDays: 200, delivery: none}]"
        )
        let report = try await back()
        #expect(report.warnings.contains { $0.hasPrefix("validityDays was changed by hand since") })
        let template = try await template()
        #expect((template.backendCA, template.validityDays) == ("one", 200))
    }

    @Test func whatTheProductDoesNotTakeIsSaidBeforeAnythingChanges() async throws {
        let before = try await office.configuration.export()
        let report = try await go(product: "person")
        #expect(report.state == .refused)
        #expect(report.obstacles.contains { $0.contains("takes no key of type rsa2048") && $0.contains("--set") })
        #expect(try await go(product: "nothing").obstacles.contains { $0.contains("has no product \"nothing\"") })
        #expect(try await office.configuration.export() == before)
    }

    @Test func withoutAProductItIsTheSameOneOrAsked() async throws {
        #expect(try await go(product: nil, isDryRun: true).change.nextProduct == "p")
        try await office.apply(office.yaml().replacing("product: p, delivery", with: "product: x, delivery"))
        let error = await #expect(throws: SettingsError.self) { try await go(product: nil) }
        #expect(error?.message == "which product of third? Name it: p, person" && error?.place == .commandLine)
        await #expect(throws: SettingsError.self) { try await go(to: "fourth") }
    }

    @Test func itBeginsOnItsDayAndOnce() async throws {
        let from = Date() + 86_400
        #expect(try await go(pace: .now, from: from).state == .scheduled)
        #expect(try await template().backendCA == "one")
        #expect(try await template().caSwitch == nil)
        let store = ConfigurationStore(ledger: office.ledger)
        #expect(try await store.beginDueSwitches(at: Date()).isEmpty)
        // Applying the file that is in force changes nothing in it.
        try await office.apply(office.yaml())
        #expect(try await store.beginDueSwitches(at: from + 1).map(\.template) == ["smime"])
        #expect(try await store.beginDueSwitches(at: from + 2).isEmpty)
        #expect(try await template().backendCA == "third")
        #expect(try await template().caSwitch?.pace == .now)
        #expect(try await back().state == .switched)
        #expect(try await template().backendCA == "one")
    }

    @Test func whatIsToComeCanBeTakenBack() async throws {
        let from = Date() + 86_400
        try await go(from: from)
        #expect(try await office.gateway().comingSwitches().count == 1)
        #expect(try await back().state == .cancelled)
        #expect(try await ConfigurationStore(ledger: office.ledger).beginDueSwitches(at: from + 1).isEmpty)
        #expect(try await template().backendCA == "one")
    }

    /// It may have been taken back since the copy was made.
    @Test func aRestoreKeepsWhatIsToComeFromBeginning() async throws {
        let from = Date() + 86_400
        try await go(from: from)
        let copy = office.folder.path("copy.db")
        await office.store.database.close()
        // By SQLite: gateways that were open a moment ago may still have the newest of it in the log.
        try SQLiteCopy.make(of: office.home.database, at: copy)
        _ = try await StoreRestore.put(
            copy, into: office.home, by: .commandLine("eve"), isDryRun: false)
        let ledger = try await GatewayStore.open(office.home).ledger
        let store = ConfigurationStore(ledger: ledger)
        #expect(try await store.beginDueSwitches(at: from + 1).isEmpty)
        let sentences = try await office.gateway().comingSwitches()
        #expect(
            sentences.count == 1 && sentences[0].contains("restored") && sentences[0].contains("--back"), "\(sentences)"
        )
        // Asked for again, it begins.
        try await go(from: from)
        #expect(try await store.beginDueSwitches(at: from + 1).map(\.template) == ["smime"])
    }

    /// First with the renewals, and then all the same at once.
    @Test func thePaceCanBeChangedAfterwards() async throws {
        try await go()
        #expect(try await go(pace: .now).state == .switched)
        #expect(try await template().caSwitch?.pace == .now)
        #expect(try await back().change.nextCA == "one")
    }

    @Test func howFarItHasComeIsCounted() async throws {
        _ = try await office.order("ada", .pending)
        _ = try await office.order("bob", .keyed)
        try await go()
        let standing = try #require(try await administration().standing("smime"))
        #expect(standing.open.map { "\($0.place) \($0.count)" } == ["one, product p 2"])
        #expect(standing.json["next"]?["backendCA"] == "third")
        #expect(try await administration().standing("logon") == nil)
    }
}
