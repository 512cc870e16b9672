// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Ledger
import Planning
import Records
import Settings
import StoreSQLite
import Testing

@testable import Gateway

/// What the opening of a folder makes of a database that was put there, however far somebody else had come with it.
@Suite struct RestoredStoreTests {
    private static let fileState = "restore.file"

    /// The file is another one than the folder has worked with.
    private func foreign() async throws -> Office {
        let office = try await Office()
        #expect(try await office.ledger.state(Self.fileState)?.string == SQLiteCopy.identity(of: office.home.database))
        try await office.ledger.setState(Self.fileState, "1 1.0")
        return office
    }

    @Test func theFileIsKnownOnceTheDoubtIs() async throws {
        let office = try await foreign()
        let ledger = try await GatewayStore.open(office.home).ledger
        #expect(try await RestoreDoubt.current(ledger)?.cause.contains("put in its place") == true)
        #expect(try await ledger.state(Self.fileState)?.string == SQLiteCopy.identity(of: office.home.database))
    }

    /// Database and number were overwritten in place by older ones: only the end of the trail beside them says so.
    @Test func aTrailThatEndsTooEarlyIsASign() async throws {
        let office = try await Office()
        _ = try await office.order("a", .planned)
        try await office.ledger.audit.record(
            AuditEntry(.retryOrder, AuditObject(.order, "1"), by: AuditActor(named: "eve")))
        #expect(try await office.store.lookAtAuditTrail() == nil)
        let mark = try #require(office.home.auditMark)
        _ = try await GatewayStore.open(office.home)
        #expect(try await RestoreDoubt.current(office.ledger) == nil, "as it was")
        try office.home.keep(AuditMark(number: mark.number + 5, hash: mark.hash))
        let ledger = try await GatewayStore.open(office.home).ledger
        #expect(try await RestoreDoubt.current(ledger)?.cause.contains("the audit trail ends with record") == true)
        // A person consents, and it is not said again for the same end.
        try await RestoreDoubt.end(ledger)
        #expect(try await RestoreDoubt.current(try await GatewayStore.open(office.home).ledger) == nil)
        // The end that another node has kept is another one, and each is said once.
        for number in [mark.number + 6, mark.number + 5, mark.number + 6] {
            try office.home.keep(AuditMark(number: number, hash: mark.hash))
            let ledger = try await GatewayStore.open(office.home).ledger
            if number == mark.number + 6 { try await RestoreDoubt.end(ledger) }
            #expect(try await RestoreDoubt.current(ledger) == nil)
        }
        try office.home.keep(AuditMark(number: mark.number, hash: String(repeating: "0", count: 64)))
        #expect(
            try await RestoreDoubt.current(try await GatewayStore.open(office.home).ledger)?.cause
                .contains("is another one than it was") == true)
    }

    /// Whoever applies the schema leaves behind that nothing leads to the orders of an older version.
    @Test func anOlderVersionsCopyIsNotTakenForOneThatCanBeLookedThrough() async throws {
        let office = try await foreign()
        #expect(try await office.ledger.state(OrderLedger.newReferencesState) == nil)
        try await office.ledger.setState(OrderLedger.newReferencesState, true)
        let ledger = try await GatewayStore.open(office.home).ledger
        #expect(try await !RestoreDoubt.isPossible(ledger))
        #expect(try await RestoreDoubt.current(ledger) == nil)
        #expect(try await ledger.state(OrderLedger.newReferencesState) == nil)
    }

    /// A whole folder of an older version, with its number and its file, shows nothing until Intune does; then it is the same.
    @Test func whatWasOrderedBeforeTheReferencesIsNotLookedFor() async throws {
        let office = try await Office()
        let before = Date() - 3600
        #expect(try await office.store.isFindable(Date() + 60))
        try await office.ledger.setState(OrderLedger.newReferencesState, true)
        let store = try await GatewayStore.open(office.home)
        #expect(try await RestoreDoubt.current(store.ledger) == nil)
        #expect(try await RestoreDoubt.isPossible(store.ledger))
        #expect(try await !store.isFindable(before))
        #expect(try await store.isFindable(Date() + 60))
        #expect(try await store.isFindable(nil))
        // It stays so.
        #expect(try await !GatewayStore.open(office.home).isFindable(before))
    }

    /// An incident may be over, and a switch to another CA taken back, since the copy was made: both would buy for everybody.
    @Test(arguments: [true, false])
    func whatWasToComeWaitsForAPersonWhoeverPutTheCopyThere(canBeLookedThrough: Bool) async throws {
        let office = try await Office()
        let (now, day) = (Date(), Date() + 86_400)
        let incidents = IncidentStore(database: office.store.database)
        for name in ["leak", "resumed"] {
            _ = try await incidents.start(
                Incident(
                    name: name, reason: .keyCompromise, cause: "weak keys", actor: "eve", startedAt: now,
                    deadline: day, accepted: 100), [])
        }
        _ = try await CASwitchAdministration(office.gateway(), caller: .commandLine("eve")).begin(
            CASwitchRequest(template: "smime", backendCA: "other", product: "p", pace: .renewal, from: day),
            isDryRun: false)
        try await OrderConsent(actor: "eve", grantedAt: now, orders: 100).grant(on: office.store.database)
        try await office.ledger.setState(Self.fileState, "1 1.0")
        if !canBeLookedThrough { try await office.ledger.setState(OrderLedger.newReferencesState, true) }
        let store = try await GatewayStore.open(office.home)
        #expect(try await RestoreDoubt.isPossible(store.ledger) == canBeLookedThrough)
        let paused = try await incidents.open()
        #expect(paused.allSatisfy { $0.state == .paused && $0.pause?.contains("put in its place") == true })
        let switches = ConfigurationStore(ledger: store.ledger)
        #expect(try await switches.switches().count == 1)
        #expect(try await switches.beginDueSwitches(at: day + 1).isEmpty)
        #expect(
            try await OrderConsent.pending(on: store.database) == nil, "good for one placing, and perhaps used since")
        // What a person has looked at goes on, however often the folder is opened meanwhile.
        _ = try await incidents.change("resumed", by: "eve", at: now) { $0.resume(by: "eve", at: now) }
        _ = try await GatewayStore.open(office.home)
        #expect(try await incidents.incident(named: "resumed").state == .running)
        #expect(try await incidents.incident(named: "leak").state == .paused)
        guard !canBeLookedThrough else { return }
        // Also where the sign is seen once more.
        try await office.ledger.setState(Self.fileState, "1 1.0")
        _ = try await GatewayStore.open(office.home)
        #expect(try await incidents.incident(named: "resumed").state == .running)
    }

    @Test func nothingWorksWithAPartOfACopy() async throws {
        let office = try await Office()
        let target = try SQLiteDatabase(path: office.folder.path("target.db"))
        try await office.ledger.setState(GatewayStore.copyState, "source")
        await #expect(throws: SettingsError.self) { try await GatewayStore.open(office.home) }
        await #expect(throws: SettingsError.self) {
            try await StoreCopy.plan(from: office.store.database, to: nil)
        }
        await #expect(throws: SettingsError.self) {
            try await StoreCopy(from: office.store.database, to: target).run()
        }
    }

    /// On a server nothing shows it where the numbers are as old: a person says so, and it holds until one consents.
    @Test func whatNothingShowsIsDeclared() async throws {
        let office = try await Office()
        let gateway = try await office.gateway()
        let helpdesk = RestoreAdministration(gateway, caller: Caller(name: "bob", roles: [.helpdesk], origin: "group"))
        await #expect(throws: AccessDenied.self) { _ = try await helpdesk.declare() }
        #expect(try await RestoreDoubt.current(office.ledger) == nil)
        let ada = RestoreAdministration(gateway, caller: Caller(name: "ada", roles: [.administrator], origin: "group"))
        #expect(try await ada.declare().cause.hasPrefix("ada says"))
        #expect(try await RestoreDoubt.current(office.ledger)?.targets == SubmissionTargets())
    }
}
