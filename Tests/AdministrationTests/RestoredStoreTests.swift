// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Enrollment
import Gateway
import Ledger
import Settings
import StoreSQLite
import Testing

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
}
