// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
import Store
import Testing

@testable import Administration

/// Names that more than one account has had, and numbers that no certificate has.
@Suite(.timeLimit(.minutes(5))) struct NamedPeopleTests {
    private let office: Office

    init() async throws { office = try await Office() }

    private func put(_ id: String, _ name: String, isDeleted: Bool = false) async throws {
        try await office.store.database.write { connection in
            try connection.put(
                into: "directory_users", key: ["id": .text(id)],
                values: [
                    "user_principal_name": .text(name), "mail": .text(name), "is_deleted": SQLValue(isDeleted),
                    "attributes": .text("{\"userPrincipalName\":\"\(name)\"}"),
                ])
        }
    }

    private func meaning(_ word: String) async throws -> String {
        switch try await NamedPeople(mirror: office.store.mirror).meaning(word) {
        case .person(let id): id
        case .nobody(let reason): reason
        }
    }

    /// The account was deleted, and a new one has its name.
    @Test func aNameIsThatOfTheLivingAccount() async throws {
        try await put("old", "ada@example.org", isDeleted: true)
        try await put("new", "ada@example.org")
        #expect(try await meaning("ada@example.org") == "new")
        #expect(try await meaning("old") == "old")
        let found = try await PersonAdministration(office.store).find("ada@example.org")
        #expect(found.person?.id == "new" && found.others.map(\.id) == ["old"])
        try await put("third", "ada@example.org")
        #expect(try await meaning("ada@example.org").contains("may mean 2 people"))
    }

    @Test func aDeletedAccountIsMeantWhereNobodyElseIs() async throws {
        try await put("old", "bob@example.org", isDeleted: true)
        #expect(try await meaning("bob@example.org") == "old")
    }

    /// A CA's list has what was ordered elsewhere, or a slip.
    @Test func unknownSerialNumbersAreNamed() async throws {
        let now = office.ledger.clock.now()
        try await office.issue("ada", by: (office.root, office.rootKey), at: now, .active)
        let number = try await office.ledger.certificates()[0].serialNumber
        var selection = CertificateSelection()
        selection.serialNumbers = [number.lowercased(), "0BADCAFE", "1F", "1F"]
        let actions = CertificateActions(office.ledger, office.store.mirror, caller: .commandLine("eve"))
        let result = try await actions.find(selection)
        #expect(result.found.map(\.serialNumber) == [number] && result.unknown == ["0BADCAFE", "1F"])
        #expect(
            CertificateSelection.sentence(unknown: result.unknown)
                == "no certificate here has 2 serial numbers of the list: 0BADCAFE, 1F")
        #expect(CertificateSelection.sentence(unknown: []) == nil)
    }
}
