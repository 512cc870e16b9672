// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Settings

/// The tenant and the CAs of a simulation, changed through the sandbox's control API as people and officers would change them.
struct SimulatedWorld {
    /// What somebody is called from some day on.
    struct Name {
        let from: Date
        let mail: String
        /// Every SMTP address, in lower case.
        let addresses: [String]
    }

    struct Person {
        let number: Int
        let id: String
        let userPrincipalName: String
        var givenName: String
        var surname: String
        var proxyAddresses: [String]
        var names: [Name]
        var isMember = true
        var mail: String { names.last?.mail ?? "" }
    }

    /// From where the gateway sends mails, and who runs it.
    static let sender = "certway@sandbox.example"
    static let administrator = "pki@sandbox.example"

    let sandbox: SandboxService
    private let authorities: [String]
    /// Shared mailboxes by number.
    var mailboxes: [Int: Mailbox] = [:]
    /// What others found at the end of each month.
    var periods: [JSONValue] = []
    /// Certificates that were seen in people's entries of the address list, the last ones.
    var seen: [Int: [String]] = [:]
    private(set) var people: [Int: Person] = [:]
    /// Those who have left, or cannot sign in.
    private var away: Set<Int> = []
    /// Everything that was done, oldest first.
    private(set) var log: [JSONValue] = []
    /// Products that have another id now, by CA and first id.
    private(set) var renamed: [String: [String: String]] = [:]

    private static let givenNames = ["Ada", "Bela", "Carla", "Dario", "Edith", "Farid", "Greta", "Hugo", "Ines", "Jon"]
    private static let surnames = [
        "Amsel", "Birke", "Dachs", "Esche", "Falke", "Ginster", "Hahn", "Iltis", "Kiefer", "Linde",
    ]

    init(_ sandbox: SandboxService, _ scenario: Scenario) async throws {
        self.sandbox = sandbox
        authorities = scenario.authorities
        let everybody = try await sandbox.control("/control/people")["people"]?.array ?? []
        for (index, json) in everybody.filter({ $0["isMember"] == true }).enumerated() {
            let proxies = json["proxyAddresses"]?.array?.compactMap(\.string) ?? []
            people[index + 1] = Person(
                number: index + 1, id: json["id"]?.string ?? "",
                userPrincipalName: json["userPrincipalName"]?.string ?? "", givenName: json["givenName"]?.string ?? "",
                surname: json["surname"]?.string ?? "", proxyAddresses: proxies,
                names: [Name(from: scenario.start, mail: json["mail"]?.string ?? "", addresses: Self.smtp(proxies))])
        }
        // The address list takes nothing for accounts that are mastered on premises.
        try await change(
            people.values.map {
                ["action": "change", "person": .string($0.id), "properties": ["onPremisesSyncEnabled": false]]
            })
        try await change([
            [
                "action": "add", "group": nil,
                "properties": ["userPrincipalName": .string(Self.sender), "displayName": "Certway"],
            ]
        ])
        for number in 1..<(scenario.mailboxes + 1) { try await makeMailbox(number, scenario) }
    }

    /// Lets something happen.
    ///
    /// - Parameter products: ids that the gateway's templates use, by CA.
    mutating func apply(_ occurrence: Occurrence, products: [String: [String]]) async throws {
        let event = occurrence.event
        switch (event.kind, occurrence.isEnd) {
        // What is asked of the gateway happens to nobody.
        case (.recoverKey, _), (.handOver, _): return
        case (.leave, false), (.disable, false), (.delete, _): away.formUnion(occurrence.people)
        case (.leave, true), (.disable, true), (.return, _): away.subtract(occurrence.people)
        default: break
        }
        let ids = occurrence.people.compactMap { people[$0]?.id }
        switch event.kind {
        case .join: for number in occurrence.people { try await join(number, occurrence.date) }
        case .leave:
            if !occurrence.isEnd { try await handOver(occurrence.people, occurrence.date) }
            try await move(occurrence.people, isIn: occurrence.isEnd)
        case .emptyGroup, .halfDirectory:
            // Whoever left meanwhile stays away.
            try await change(
                occurrence.people.compactMap { people[$0] }.filter(\.isMember).map {
                    ["action": occurrence.isEnd ? "join" : "leave", "person": .string($0.id)]
                })
        case .disable:
            if !occurrence.isEnd { try await handOver(occurrence.people, occurrence.date) }
            try await change(ids.map { ["action": occurrence.isEnd ? "enable" : "disable", "person": .string($0)] })
        case .return:
            try await change(ids.map { ["action": "enable", "person": .string($0)] })
            try await move(occurrence.people, isIn: true)
        case .delete:
            try await handOver(occurrence.people, occurrence.date)
            try await change(ids.map { ["action": "delete", "person": .string($0)] })
        case .marry, .rename, .changeAddress:
            for number in occurrence.people { try await rename(number, event.kind, occurrence.date) }
        case .swapAddresses: try await swap(occurrence.people, occurrence.date)
        case .deleteInIntune:
            for number in occurrence.people {
                guard let name = people[number]?.userPrincipalName else { continue }
                _ = try await sandbox.control("/control/pfx", ["deleteNewestOf": .string(name)])
            }
        case .revokeAtCA: for number in occurrence.people { try await revoke(number, event.reason ?? 4) }
        case .caOutage: try await set(event.ca, ["outage": .bool(!occurrence.isEnd)])
        case .rotateIssuer: try await set(event.ca, ["rotateIssuer": true])
        case .renameProduct: if !occurrence.isEnd { try await renameProducts(event.ca ?? "", products) }
        case .expireSecret:
            if let ca = event.ca {
                try await set(ca, ["expireCredentials": .bool(!occurrence.isEnd)])
            } else {
                _ = try await sandbox.control("/control/tenant", ["secretExpired": .bool(!occurrence.isEnd)])
            }
        case .loseList:
            if let ca = event.ca {
                try await set(ca, ["disobey": occurrence.isEnd ? [] : ["inventory-incomplete"]])
            } else if !occurrence.isEnd {
                _ = try await sandbox.control("/control/reset-delta", ["status": 410])
            }
        case .gainMailbox, .loseMailbox:
            try await changeDelegates(
                event.mailbox ?? 1, occurrence.people, gains: event.kind == .gainMailbox, occurrence.date)
        case .editAddressList: for number in occurrence.people { try await editAddressList(number) }
        case .switchCA, .rotateConnectorKey, .retireAgent, .recoverKey, .handOver: break
        }
        log.append(occurrence.json)
    }

    func isAway(_ number: Int) -> Bool { away.contains(number) }

    /// What is written down of everybody: whose certificate is whose is told by it.
    var json: JSONValue {
        .array(
            people.values.sorted { $0.number < $1.number }.map { person in
                [
                    "number": JSONValue(person.number), "id": .string(person.id),
                    "userPrincipalName": .string(person.userPrincipalName),
                    "names": .array(
                        person.names.map {
                            [
                                "from": .string($0.from.formatted(.iso8601)), "mail": .string($0.mail),
                                "addresses": JSONValue($0.addresses),
                            ]
                        }),
                ]
            })
    }

    static func smtp(_ proxies: [String]) -> [String] {
        proxies.filter { $0.lowercased().hasPrefix("smtp:") }.map { $0.dropFirst(5).lowercased() }
    }

    private func set(_ ca: String?, _ switches: JSONValue) async throws {
        for name in ca.map({ [$0] }) ?? authorities { _ = try await sandbox.control("/control/cas/\(name)", switches) }
    }

    func change(_ changes: [JSONValue]) async throws {
        guard !changes.isEmpty else { return }
        _ = try await sandbox.control("/control/people", ["changes": .array(changes)])
    }

    private mutating func move(_ numbers: [Int], isIn: Bool) async throws {
        for number in numbers { people[number]?.isMember = isIn }
        try await change(
            numbers.compactMap { people[$0]?.id }.map { ["action": isIn ? "join" : "leave", "person": .string($0)] })
    }

    private mutating func join(_ number: Int, _ date: Date) async throws {
        let (given, surname) = (Self.givenNames[number % 10], Self.surnames[number / 10 % 10])
        let mail = "\(given).\(surname).\(number)@sandbox.example".lowercased()
        let answer = try await sandbox.control(
            "/control/people",
            [
                "action": "add",
                "properties": [
                    "userPrincipalName": .string(mail), "mail": .string(mail), "givenName": .string(given),
                    "surname": .string(surname), "displayName": .string("\(given) \(surname)"),
                    "proxyAddresses": ["SMTP:\(mail)"],
                ],
            ])
        people[number] = Person(
            number: number, id: answer["people"]?[0]?["id"]?.string ?? "", userPrincipalName: mail, givenName: given,
            surname: surname, proxyAddresses: ["SMTP:\(mail)"], names: [Name(from: date, mail: mail, addresses: [mail])]
        )
    }

    /// A marriage changes the surname and the address, and the old address stays; a changed address does not stay.
    private mutating func rename(_ number: Int, _ kind: ScenarioEvent.Kind, _ date: Date) async throws {
        guard var person = people[number] else { return }
        let turn = person.names.count
        if kind == .rename {
            person.givenName = "\(Self.givenNames[(number + turn) % 10])-\(person.givenName.prefix(1))"
        } else {
            if kind == .marry { person.surname = "\(Self.surnames[(number + turn) % 10])-\(number)" }
            let mail = "\(kind == .marry ? person.surname : "desk\(number)").\(turn)@sandbox.example".lowercased()
            let others = person.proxyAddresses.filter {
                kind == .marry || $0.dropFirst(5).lowercased() != person.mail.lowercased()
            }
            person.proxyAddresses =
                ["SMTP:\(mail)"] + others.map { $0.hasPrefix("SMTP:") ? "smtp:" + $0.dropFirst(5) : $0 }
            person.names.append(Name(from: date, mail: mail, addresses: Self.smtp(person.proxyAddresses)))
        }
        people[number] = person
        try await change([Self.properties(person)])
    }

    private mutating func swap(_ numbers: [Int], _ date: Date) async throws {
        for pair in stride(from: 0, to: numbers.count - 1, by: 2) {
            guard var one = people[numbers[pair]], var other = people[numbers[pair + 1]] else { continue }
            let mails = (one.mail, other.mail)
            let smtp = [one, other].map { $0.proxyAddresses.filter { $0.lowercased().hasPrefix("smtp:") } }
            let rest = [one, other].map { $0.proxyAddresses.filter { !$0.lowercased().hasPrefix("smtp:") } }
            one.proxyAddresses = rest[0] + smtp[1]
            other.proxyAddresses = rest[1] + smtp[0]
            one.names.append(Name(from: date, mail: mails.1, addresses: Self.smtp(one.proxyAddresses)))
            other.names.append(Name(from: date, mail: mails.0, addresses: Self.smtp(other.proxyAddresses)))
            (people[one.number], people[other.number]) = (one, other)
            try await change([Self.properties(one), Self.properties(other)])
        }
    }

    private static func properties(_ person: Person) -> JSONValue {
        [
            "action": "change", "person": .string(person.id),
            "properties": [
                "mail": .string(person.mail), "givenName": .string(person.givenName),
                "surname": .string(person.surname),
                "displayName": .string("\(person.givenName) \(person.surname)"),
                "proxyAddresses": JSONValue(person.proxyAddresses),
            ],
        ]
    }

    /// An officer at the CA revokes the newest certificate of somebody.
    private func revoke(_ number: Int, _ reason: Int) async throws {
        guard let person = people[number] else { return }
        let addresses = Set(person.names.flatMap(\.addresses))
        for ca in authorities.reversed() {
            let orders = try await sandbox.control("/control/cas/\(ca)")["orders"]?.array ?? []
            let own = orders.last { order in
                order["status"] == "issued"
                    && order["emails"]?.array?.contains { addresses.contains($0.string?.lowercased() ?? "") } == true
            }
            guard let id = own?["id"]?.identifier else { continue }
            _ = try await sandbox.control(
                "/control/cas/\(ca)/orders/\(id)", ["decision": "revoke", "reason": JSONValue(reason)])
            return
        }
    }

    private mutating func renameProducts(_ ca: String, _ products: [String: [String]]) async throws {
        var names = renamed[ca] ?? [:]
        for id in products[ca] ?? [] {
            let first = names.first { $0.value == id }?.key ?? id
            names[first] = String((Int(id) ?? 0) + 100)
        }
        renamed[ca] = names
        try await set(ca, ["renamedProducts": .object(names.mapValues { .string($0) })])
    }
}
