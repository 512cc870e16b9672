// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Shared mailboxes, and what others find in the address list.
extension SimulatedWorld {
    struct Mailbox {
        let address: String
        /// Who may open it, by number of the person.
        var delegates: Set<Int>
        /// When that changed last.
        var changed: Date
    }

    /// One person of so many is looked at in each month.
    static let sample = 10

    mutating func makeMailbox(_ number: Int, _ scenario: Scenario) async throws {
        let mailbox = Mailbox(
            address: "team\(number)@sandbox.example", delegates: Set(Schedule.delegates(of: number, scenario)),
            changed: scenario.start)
        _ = try await sandbox.control(
            "/control/mailboxes",
            [
                "mailbox": .string(mailbox.address), "displayName": .string("Team \(number)"),
                "delegates": .array(mailbox.delegates.sorted().compactMap { people[$0] }.map { .string($0.id) }),
            ])
        mailboxes[number] = mailbox
    }

    mutating func changeDelegates(_ number: Int, _ persons: [Int], gains: Bool, _ date: Date) async throws {
        guard var mailbox = mailboxes[number], !persons.isEmpty else { return }
        mailbox.delegates = gains ? mailbox.delegates.union(persons) : mailbox.delegates.subtracting(persons)
        mailbox.changed = date
        mailboxes[number] = mailbox
        _ = try await sandbox.control(
            "/control/mailboxes",
            [
                "mailbox": .string(mailbox.address),
                (gains ? "grant" : "take"): .array(persons.compactMap { people[$0] }.map { .string($0.id) }),
            ])
    }

    /// Whoever goes may open no shared mailbox any more.
    mutating func handOver(_ persons: [Int], _ date: Date) async throws {
        for (number, mailbox) in mailboxes.sorted(by: { $0.key < $1.key }) {
            let gone = persons.filter(mailbox.delegates.contains)
            try await changeDelegates(number, gone, gains: false, date)
        }
    }

    /// Another administrator puts an earlier certificate into somebody's entry, where there was one, or empties the entry.
    mutating func editAddressList(_ number: Int) async throws {
        guard let name = people[number]?.userPrincipalName else { return }
        let present = try await addressList(name)
        let earlier = (seen[number] ?? []).filter { !present.contains($0) }
        seen[number] = present
        _ = try await sandbox.control(
            "/control/mailboxes", ["mailbox": .string(name), "userCertificate": JSONValue(earlier)])
    }

    /// Base64 of the certificates that others find.
    func addressList(_ name: String) async throws -> [String] {
        let entry = try await sandbox.control("/control/mailboxes/\(name)")
        return entry["userCertificate"]?.array?.compactMap(\.string) ?? []
    }

    /// Writes down what others find of each tenth person today: mail that is encrypted to it is opened when all is judged.
    mutating func look(at period: String, _ date: Date) async throws {
        var found: [JSONValue] = []
        for person in people.values.sorted(by: { $0.number < $1.number })
        where person.number % Self.sample == 0 && person.isMember {
            let certificates = try await addressList(person.userPrincipalName)
            if !certificates.isEmpty { seen[person.number] = certificates }
            found.append(["number": JSONValue(person.number), "certificates": JSONValue(certificates)])
        }
        periods.append([
            "period": .string(period), "at": .string(date.formatted(.iso8601)), "people": .array(found),
        ])
    }

    /// The whole address list as it is: entries of everybody who has one, and of the shared mailboxes.
    func wholeAddressList() async throws -> JSONValue {
        var entries: [JSONValue] = []
        let names = people.values.sorted { $0.number < $1.number }.map(\.userPrincipalName)
        for name in names + mailboxes.values.map(\.address).sorted() {
            let certificates = try await addressList(name)
            if !certificates.isEmpty {
                entries.append(["name": .string(name.lowercased()), "certificates": JSONValue(certificates)])
            }
        }
        return .array(entries)
    }

    var mailboxJSON: JSONValue {
        .array(
            mailboxes.sorted { $0.key < $1.key }.map { number, mailbox in
                [
                    "number": JSONValue(number), "address": .string(mailbox.address),
                    "delegates": .array(mailbox.delegates.sorted().map { JSONValue($0) }),
                    "changed": .string(mailbox.changed.formatted(.iso8601)),
                ]
            })
    }
}
