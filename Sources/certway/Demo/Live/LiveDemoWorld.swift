// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// The tenant and the CAs of a live demo, changed as people and officers would change them, on days of the past.
struct LiveDemoWorld {
    struct Person {
        let id: String
        let userPrincipalName: String
        let mail: String
        let surname: String
        let givenName: String
        /// Whether the account has the identifier that a certificate for logon must hold.
        let canSignIn: Bool
    }

    private let sandbox: SandboxService
    /// The real time at which the past ends.
    let present: Date
    let people: [Person]

    init(_ sandbox: SandboxService, present: Date) async throws {
        self.sandbox = sandbox
        self.present = present
        people = (try await sandbox.control("/control/people")["people"]?.array ?? []).map { json in
            Person(
                id: json["id"]?.string ?? "", userPrincipalName: json["userPrincipalName"]?.string ?? "",
                mail: json["mail"]?.string ?? "", surname: json["surname"]?.string ?? "",
                givenName: json["givenName"]?.string ?? "",
                canSignIn: json["onPremisesSyncEnabled"] == true)
        }
    }

    /// Lets it be so many days before the present, for everybody.
    func go(to days: Double) async throws {
        let date = present.addingTimeInterval(-days * 86_400)
        _ = try await sandbox.control("/control/clock", ["set": .string(date.formatted(.iso8601))])
    }

    func advance(_ seconds: Double) async throws {
        _ = try await sandbox.control("/control/clock", ["advance": .number(seconds)])
    }

    // MARK: - Shared mailboxes

    /// From where the gateway's mails come.
    static let sender = "it-service@sandbox.example"

    /// A shared mailbox that these people open.
    func makeMailbox(_ address: String, _ name: String, openedBy people: some Sequence<Person>) async throws {
        _ = try await sandbox.control(
            "/control/mailboxes",
            [
                "mailbox": .string(address), "displayName": .string(name),
                "delegates": JSONValue(people.map(\.userPrincipalName)),
            ])
    }

    /// - Parameters: who may open it from now on, and who may not any more.
    func change(_ mailbox: String, grant: [Person] = [], take: [Person] = []) async throws {
        _ = try await sandbox.control(
            "/control/mailboxes",
            [
                "mailbox": .string(mailbox), "grant": JSONValue(grant.map(\.userPrincipalName)),
                "take": JSONValue(take.map(\.userPrincipalName)),
            ])
    }

    func mailboxCount() async throws -> Int {
        try await sandbox.control("/control/mailboxes")["mailboxes"]?.array?.count ?? 0
    }

    /// From now on it is what the machine's clock shows.
    func arrive() async throws { _ = try await sandbox.control("/control/clock", ["resume": true]) }

    func makeGroup(_ name: String) async throws -> String {
        try await sandbox.control("/control/groups", ["properties": ["displayName": .string(name)]])["id"]?.string ?? ""
    }

    /// - Parameter group: its id; nil for the group of the sandbox with everybody in it.
    func move(_ people: some Sequence<Person>, in isIn: Bool, group: String? = nil) async throws {
        let changes = people.map { person -> JSONValue in
            var change: JSONValue = ["action": isIn ? "join" : "leave", "person": .string(person.id)]
            if let group { change["group"] = .string(group) }
            return change
        }
        guard !changes.isEmpty else { return }
        _ = try await sandbox.control("/control/people", ["changes": .array(changes)])
    }

    /// Another surname and address; the former address stays.
    func marry(_ person: Person, surname: String) async throws {
        let mail = "\(person.givenName).\(surname)@sandbox.example".lowercased()
            .folding(options: .diacriticInsensitive, locale: nil)
        try await change(
            person,
            [
                "surname": .string(surname), "displayName": .string("\(person.givenName) \(surname)"),
                "mail": .string(mail), "proxyAddresses": ["SMTP:\(mail)", .string("smtp:\(person.mail)")],
            ])
    }

    func change(_ person: Person, _ properties: JSONValue) async throws {
        _ = try await sandbox.control(
            "/control/people", ["action": "change", "person": .string(person.id), "properties": properties])
    }

    func disable(_ person: Person) async throws {
        _ = try await sandbox.control("/control/people", ["action": "disable", "person": .string(person.id)])
    }

    /// People click the links that a CA has sent them.
    ///
    /// - Parameter only: those who do; nil for all.
    func click(_ only: [Person]? = nil, at ca: String) async throws {
        let mails = only.map { Set($0.map { $0.mail.lowercased() }) }
        for order in try await sandbox.control("/control/cas/\(ca)")["orders"]?.array ?? [] {
            guard order["status"] == "pending", let id = order["id"] else { continue }
            let emails = order["emails"]?.array?.compactMap { $0.string?.lowercased() } ?? []
            guard mails.map({ emails.contains(where: $0.contains) }) ?? true else { continue }
            _ = try await sandbox.control("/control/validate", ["orderID": id])
        }
    }

    func set(_ ca: String, _ switches: JSONValue) async throws {
        _ = try await sandbox.control("/control/cas/\(ca)", switches)
    }

    /// An officer of the CA revokes the newest certificate of somebody there.
    func revoke(_ person: Person, at ca: String) async throws {
        let orders = try await sandbox.control("/control/cas/\(ca)")["orders"]?.array ?? []
        let own = orders.last { order in
            order["status"] == "issued"
                && order["emails"]?.array?.contains { $0.string?.lowercased() == person.mail.lowercased() } == true
        }
        guard let id = own?["id"]?.identifier else { return }
        _ = try await sandbox.control("/control/cas/\(ca)/orders/\(id)", ["decision": "revoke", "reason": 1])
    }

    /// The answers to the next orders get lost, although the CA takes them; nothing where no such operation was in use yet.
    func loseAnswers(_ count: Int, of operation: String) async throws {
        let used = try await sandbox.control("/control/state")["requests"]?.object ?? [:]
        guard let name = used.keys.sorted().first(where: { $0.hasSuffix(operation) }) else { return }
        _ = try await sandbox.control(
            "/control/faults", ["operation": .string(name), "fault": "cut-after", "count": JSONValue(count)])
    }
}
