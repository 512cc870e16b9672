// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Ledger

/// Views that people keep.
@Suite struct ViewTests {
    private let temporary: TemporaryLedger
    private var ledger: OrderLedger { temporary.ledger }

    init() async throws { temporary = try await TemporaryLedger() }

    private func view(_ owner: String, _ name: String, shared: Bool = false, start: Bool = false) -> SavedView {
        SavedView(
            owner: owner, name: name, address: "/console/certificates?status=active", isShared: shared,
            isStartPage: start)
    }

    @Test func everybodySeesTheirOwnAndWhatIsShared() async throws {
        let mine = try await ledger.keep(view("Ada@example.test", "mine"))
        let shared = try await ledger.keep(view("bob@example.test", "all of us", shared: true))
        _ = try await ledger.keep(view("bob@example.test", "his"))
        #expect(try await ledger.views(of: ["ada@EXAMPLE.test"]).map(\.id) == [shared.id, mine.id])
        #expect(try await ledger.views(of: ["cid"]).map(\.id) == [shared.id])
        // Seeing is not owning.
        var stolen = shared
        (stolen.ownerKey, stolen.name) = ("cid", "cid's")
        await #expect(throws: LedgerError.self) { try await ledger.keep(stolen) }
        await #expect(throws: LedgerError.self) { try await ledger.deleteView(shared.id, of: "cid") }
        try await ledger.deleteView(shared.id, of: "BOB@example.test")
        #expect(try await ledger.views(of: ["cid"]).isEmpty)
        await #expect(throws: LedgerError.self) { try await ledger.deleteView(shared.id, of: "bob@example.test") }
    }

    @Test func aPersonHasOneStartPage() async throws {
        let first = try await ledger.keep(view("ada", "first", start: true))
        var second = try await ledger.keep(view("ada", "second"))
        _ = try await ledger.keep(view("bob", "his", start: true))
        second.isStartPage = true
        #expect(try await ledger.keep(second).id == second.id)
        #expect(try await ledger.views(of: ["ada"]).filter(\.isStartPage).map(\.id) == [second.id])
        #expect(try await ledger.views(of: ["bob"]).filter(\.isStartPage).count == 1)
        #expect(try await ledger.views(of: ["ada"]).first { $0.id == first.id }?.isStartPage == false)
    }

    @Test func thereIsAnEndOfThem() async throws {
        for number in 0..<OrderLedger.mostViews { _ = try await ledger.keep(view("ada", "v\(number)")) }
        await #expect(throws: LedgerError.self) { try await ledger.keep(view("ada", "one more")) }
        #expect(try await ledger.keep(view("bob", "his")).id > 0)
    }
}
