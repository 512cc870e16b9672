// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Makes person number n of a tenant from the seed and n alone, so that 100,000 people cost neither time nor memory
/// before somebody asks for them.
struct PersonGenerator: Sendable {
    static let domain = "sandbox.example"
    static let aliasDomain = "alias.sandbox.example"
    static let initialDomain = "certwaysandbox.onmicrosoft.com"

    let seed: UInt64
    /// Hides the number in the id.
    private let mask: UInt32

    init(seed: UInt64) {
        self.seed = seed
        var generator = SeededGenerator(seed, "people")
        mask = UInt32(truncatingIfNeeded: generator.next())
    }

    /// The object id of person `number`; its first eight digits hold the number, see `number(ofID:)`.
    func id(_ number: Int) -> String {
        var generator = SeededGenerator(seed, "person", String(number))
        let high = UInt64(UInt32(number) ^ mask) << 32 | generator.next() >> 32
        return GUID.text(high: high, low: generator.next())
    }

    /// The number of a generated person; nil for other ids.
    func number(ofID id: String) -> Int? {
        guard let masked = UInt32(id.prefix(8), radix: 16) else { return nil }
        let number = Int(masked ^ mask)
        return number < 10_000_000 && self.id(number) == id ? number : nil
    }

    /// Person `number`, counted from 0: can be enrolled, has a mailbox in a validated domain.
    func person(_ number: Int) -> Person {
        let firsts = NameLists.givenNames
        let lasts = NameLists.surnames
        let combinations = firsts.count * lasts.count
        // 1009 is prime to the number of combinations, so each comes up once before the first one returns.
        let combination = (number * 1009 + Int(seed % 997)) % combinations
        let first = firsts[combination % firsts.count]
        let last = lasts[combination / firsts.count]
        let round = number / combinations
        let local = "\(first.ascii).\(last.ascii)\(round == 0 ? "" : String(round + 1))"
        let mail = "\(local)@\(Self.domain)"
        let account = "u\(100_000 + number)"
        return Person(
            id: id(number),
            // The principal name is not always the address.
            userPrincipalName: number % 10 == 7 ? "\(account)@\(Self.domain)" : mail,
            displayName: "\(first.name) \(last.name)", givenName: first.name, surname: last.name, mail: mail,
            proxyAddresses: addresses(number, local: local, account: account),
            otherMails: number % 4 == 1 ? ["\(account)@private.example"] : [],
            preferredLanguage: [nil, "de-DE", "en-US", "fr-FR"][number % 4], employeeId: "E\(100_000 + number)",
            jobTitle: number % 3 == 0 ? "Engineer" : nil, onPremisesNumber: number % 2 == 0 ? 1101 + number : nil,
            onPremisesSamAccountName: number % 2 == 0 ? account : nil)
    }

    private func addresses(_ number: Int, local: String, account: String) -> [String] {
        var all = [
            "SMTP:\(local)@\(Self.domain)", "smtp:\(local)@\(Self.initialDomain)", "SIP:\(local)@\(Self.domain)",
            "X500:/o=Sandbox/ou=Exchange Administrative Group/cn=Recipients/cn=\(account)",
        ]
        if number % 3 == 0 { all.append("smtp:\(local)@\(Self.aliasDomain)") }
        if number % 5 == 0 { all.append("smtp:\(account)@\(Self.domain)") }
        if number % 7 == 0 { all.append("SPO:SPO_\(id(number))@SPO_\(account)") }
        var generator = SeededGenerator(seed, "addresses", String(number))
        return all.shuffled(using: &generator)
    }
}
