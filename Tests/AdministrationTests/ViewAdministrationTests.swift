// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Ledger
import Settings
import Testing

/// Views are people's, and names go from one to another.
@Suite(.timeLimit(.minutes(5))) struct ViewAdministrationTests {
    private let office: Office

    init() async throws { office = try await Office() }

    private func views(_ name: String, _ objectID: String?) -> ViewAdministration {
        ViewAdministration(
            office.ledger, caller: Caller(name: name, roles: [.helpdesk], objectID: objectID, origin: "by group"))
    }

    @Test func whoGetsANameGetsNoViewsOfItsFormerHolder() async throws {
        let address = "/console/certificates?status=active"
        let ada = views("ada@example.org", "id-ada")
        let view = try await ada.add(name: "mine", address: address, isShared: false, isStartPage: true)
        #expect(try await views("new@example.org", "ID-Ada").list().map(\.id) == [view.id], "renamed")
        let other = views("Ada@example.org", "id-bob")
        #expect(try await other.list().isEmpty)
        await #expect(throws: LedgerError.self) { try await other.delete(view.id) }
        await #expect(throws: LedgerError.self) {
            try await other.change(view.id, name: "x", address: nil, isShared: nil, isStartPage: nil)
        }
        let shared = try await ada.change(view.id, name: nil, address: nil, isShared: true, isStartPage: nil)
        let seen = try await other.list()
        #expect(seen == [shared] && other.json(seen[0])["own"] == false && ada.json(shared)["own"] == true)
        #expect(other.json(seen[0])["startPage"] == false)
    }

    /// A view that is shared leads nobody out of the console, however a browser reads it.
    @Test(arguments: [
        "/console/../auth/logout", "/console/%2e%2e/auth/logout", "/console/%252e%252e/auth/logout", "/console//host",
        "/console/\\host", "/my", "https://example.org/console/",
    ])
    func anAddressOfAnotherPlaceIsRefused(_ address: String) async throws {
        let ada = views("ada@example.org", "id-ada")
        await #expect(throws: SettingsError.self) {
            try await ada.add(name: "mine", address: address, isShared: true, isStartPage: false)
        }
        _ = try await ada.add(
            name: "fine", address: "/console/people/ada%40example.org?q=%2e", isShared: true, isStartPage: false)
    }

    /// Everybody reads what is shared: who may look at nobody else's has nothing to show.
    @Test func whoReadsNothingOfOthersSharesNothing() async throws {
        for role in [Role.employee, .requester] {
            let views = ViewAdministration(
                office.ledger, caller: Caller(name: "eve", roles: [role], objectID: "id-eve", origin: "by group"))
            await #expect(throws: SettingsError.self) {
                try await views.add(name: "x", address: "/console/orders", isShared: true, isStartPage: false)
            }
            let own = try await views.add(name: "x", address: "/console/orders", isShared: false, isStartPage: false)
            await #expect(throws: SettingsError.self) {
                try await views.change(own.id, name: nil, address: nil, isShared: true, isStartPage: nil)
            }
        }
    }

    /// Kept before views belonged to object ids.
    @Test func whatWasKeptUnderANameIsStillThere() async throws {
        let former = try await office.ledger.keep(
            SavedView(owner: "Ada@example.org", name: "old", address: "/console/orders"))
        let ada = views("ada@example.org", "id-ada")
        #expect(try await ada.list().map(\.id) == [former.id])
        _ = try await ada.change(former.id, name: "renamed", address: nil, isShared: nil, isStartPage: nil)
        try await ada.delete(former.id)
        #expect(try await ada.list().isEmpty)
    }
}
