// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Whether the promises held, from the sandbox's records alone.
struct SimulationJudge {
    /// What came to light, each with an example of it in words.
    struct Verdict {
        var ordersPaid = 0
        var money = 0.0
        var doubled: [String] = []
        var lost: [String] = []
        var withoutCertificate: [String] = []
        var strangers: [String] = []
        var revocationsMissing: [String] = []
        /// PFX records that the connector opens.
        var keysOpened = 0
        var keysUnreadable: [String] = []
        /// Decryption keys that somebody needs and has on no device.
        var keysMissing: [String] = []
        /// Keys on devices of people who are not to have them.
        var keysAstray: [String] = []
        /// Certificates that others need to encrypt and do not find.
        var unpublished: [String] = []
        /// Certificates that others find and must not use any more.
        var publishedAstray: [String] = []
        var mailsSent = 0
        var noticesDoubled: [String] = []
        var noticesMissing: [String] = []
        /// Mails that were encrypted to what was published at the end of a month, by certificate, and open at the end.
        var mailsOpened = 0
        var mailsUnreadable: [String] = []
        /// Files with keys that came to whom they were for, and open.
        var keysHandedOut = 0
        var handOutsMissing: [String] = []
        /// Files that came to somebody else, without a second person, too late or twice.
        var handOutsAstray: [String] = []

        /// Of everything that must not be, by its name in JSON and the words of a person.
        var broken: [(name: String, words: String, found: [String])] {
            [
                ("doubled", "doubled", doubled), ("lost", "lost", lost),
                ("withoutCertificate", "without certificate", withoutCertificate),
                ("strangersWithCertificate", "stranger", strangers),
                ("revocationsMissing", "revocation missing", revocationsMissing),
                ("keysUnreadable", "key unreadable", keysUnreadable), ("keysMissing", "key missing", keysMissing),
                ("keysAstray", "key astray", keysAstray), ("unpublished", "not published", unpublished),
                ("publishedAstray", "published astray", publishedAstray),
                ("noticesDoubled", "told twice", noticesDoubled), ("noticesMissing", "not told", noticesMissing),
                ("mailsUnreadable", "mail unreadable", mailsUnreadable),
                ("handOutsMissing", "not handed out", handOutsMissing),
                ("handOutsAstray", "handed out astray", handOutsAstray),
            ]
        }

        var json: [String: JSONValue] {
            Dictionary(uniqueKeysWithValues: broken.map { ($0.name, JSONValue($0.found.count)) }).merging([
                "ordersPaid": JSONValue(ordersPaid), "money": .number((money * 100).rounded() / 100),
                "keysOpened": JSONValue(keysOpened), "mailsSent": JSONValue(mailsSent),
                "mailsOpened": JSONValue(mailsOpened), "keysHandedOut": JSONValue(keysHandedOut),
            ]) { $1 }
        }
    }

    /// How long an order may take, and what follows from a change.
    static let patience: TimeInterval = 3 * 86_400

    struct Person {
        let number: Int
        let name: String
        let names: [(from: Date, addresses: Set<String>, mail: String)]
        let isWanted: Bool
        /// When something happened to them last.
        let touched: Date
        /// Days on which something happened, for whoever asks why another certificate was ordered.
        let moments: [Date]
        /// When they left or were disabled last.
        let wentAway: Date

        func addresses(at date: Date) -> Set<String> { names.last { $0.from <= date }?.addresses ?? [] }
    }

    struct Mailbox {
        let number: Int
        let address: String
        /// Numbers of the people who may open it.
        let delegates: Set<Int>
        /// When these changed last.
        let changed: Date
    }

    let records: JSONValue
    let now: Date
    let policies: [SimulationPolicy]
    let people: [Int: Person]
    let certificates: [CertificateAtCA]
    let mailboxes: [Mailbox]
    /// Thumbprints of what lies in Intune.
    private let delivered: Set<String>
    /// Thumbprints of what lay there, too.
    let everDelivered: Set<String>
    /// When everybody's order may have had a reason: another CA, another product.
    private let changes: [Date]

    /// - Parameter records: as `SimulationRecords` writes them.
    /// - Throws: `PKIXError` for certificates that are none.
    init(_ records: JSONValue) throws {
        self.records = records
        policies = (records["policies"]?.array ?? []).map { SimulationPolicy(record: $0) }
        now = Self.date(records["now"]) ?? .distantPast
        let pfx = records["pfx"]?.array ?? []
        let gone = records["deletedPFX"]?.array ?? []
        func thumbprints(_ list: [JSONValue]) -> Set<String> {
            Set(list.compactMap { $0["thumbprint"]?.string?.lowercased() })
        }
        delivered = thumbprints(pfx)
        everDelivered = delivered.union(thumbprints(gone))
        let happened = records["happened"]?.array ?? []
        changes = happened.filter { ["switchCA", "renameProduct"].contains($0["event"]?.string) }.compactMap {
            Self.date($0["date"])
        }
        var moments: [Int: [Date]] = [:]
        var departures: [Int: Date] = [:]
        for event in happened {
            guard let date = Self.date(event["date"]) else { continue }
            let isDeparture =
                ["leave", "disable", "delete"].contains(event["event"]?.string) && event["isEnd"] != true
            for number in event["people"]?.array?.compactMap(\.int) ?? [] {
                moments[number, default: []].append(date)
                if isDeparture { departures[number] = max(departures[number] ?? date, date) }
            }
        }
        let directory = Dictionary(
            (records["directory"]?.array ?? []).map { ($0["id"]?.string ?? "", $0) }, uniquingKeysWith: { $1 })
        var people: [Int: Person] = [:]
        for json in records["people"]?.array ?? [] {
            guard let number = json["number"]?.int else { continue }
            let entry = directory[json["id"]?.string ?? ""]
            let names = (json["names"]?.array ?? []).map {
                (
                    from: Self.date($0["from"]) ?? .distantPast,
                    addresses: Set($0["addresses"]?.array?.compactMap(\.string) ?? []),
                    mail: ($0["mail"]?.string ?? "").lowercased()
                )
            }
            people[number] = Person(
                number: number, name: json["userPrincipalName"]?.string ?? "", names: names,
                isWanted: entry?["isPresent"] == true && entry?["accountEnabled"] == true && entry?["isMember"] == true,
                touched: moments[number]?.max() ?? .distantPast, moments: moments[number] ?? [],
                wentAway: departures[number] ?? .distantPast)
        }
        self.people = people
        mailboxes = (records["mailboxes"]?.array ?? []).map { json in
            Mailbox(
                number: json["number"]?.int ?? 0, address: json["address"]?.string?.lowercased() ?? "",
                delegates: Set(json["delegates"]?.array?.compactMap(\.int) ?? []),
                changed: Self.date(json["changed"]) ?? .distantPast)
        }
        certificates = try Self.withOwners(try CertificateAtCA.all(records), pfx + gone, people, mailboxes)
    }

    func verdict() -> Verdict {
        var verdict = Verdict()
        countOrders(&verdict)
        let byPerson = Dictionary(grouping: certificates.filter { $0.person != nil }) { $0.person ?? 0 }
        for person in people.values.sorted(by: { $0.number < $1.number }) {
            for policy in policies {
                let own = (byPerson[person.number] ?? []).filter { policies.count == 1 || $0.purpose == policy.purpose }
                judge(person, policy, own, &verdict)
            }
        }
        lookForLost(&verdict)
        lookForForeignAddresses(&verdict)
        readLists(&verdict)
        judgeDevices(&verdict)
        judgeHandOuts(&verdict)
        return verdict
    }

    /// An order is paid when its certificate was issued.
    private func countOrders(_ verdict: inout Verdict) {
        let orders = Set(certificates.map { "\($0.ca) \($0.order)" })
        verdict.ordersPaid = orders.count
        for (name, ca) in records["cas"]?.object ?? [:] {
            let count = orders.count { $0.hasPrefix(name + " ") }
            verdict.money += Double(count) * (ca["price"]?.number ?? 0)
        }
    }

    private func judge(
        _ person: Person, _ policy: SimulationPolicy, _ own: [CertificateAtCA], _ verdict: inout Verdict
    ) {
        let usable = own.filter {
            $0.isValid(at: now) && delivered.contains($0.certificate.sha1Fingerprint.lowercased())
        }
        let rested = now.timeIntervalSince(person.touched)
        if person.isWanted {
            if rested > Self.patience {
                let fitting = policy.replacesOnChange ? usable.filter { fits($0, person) } : usable
                if fitting.isEmpty {
                    verdict.withoutCertificate.append(
                        "\(person.name) has no valid certificate of \(policy.template)"
                            + (usable.isEmpty ? "" : " with the addresses of today"))
                } else if policy.revokesSuperseded, usable.count > 1, let newest = usable.last,
                    now.timeIntervalSince(newest.start) > Self.patience
                {
                    verdict.revocationsMissing.append(
                        "\(person.name) has \(usable.count) valid certificates of \(policy.template), and the older ones were to be "
                            + "revoked")
                }
            }
        } else if rested > policy.grace + Self.patience, policy.departure != "keep" {
            if !usable.isEmpty {
                verdict.strangers.append(
                    "\(person.name) is gone and has a valid certificate of \(policy.template) in Intune")
            }
            if policy.departure == "revoke" {
                for certificate in own where certificate.isValid(at: now) {
                    verdict.revocationsMissing.append(
                        "\(person.name) is gone, and \(certificate.serial) of \(certificate.ca) is not revoked")
                }
            }
        }
        for (former, next) in zip(own, own.dropFirst()) where !hasReason(former, next, person, policy) {
            verdict.doubled.append(
                "\(person.name): \(next.serial) was ordered on \(next.start.day) though \(former.serial) was good"
            )
        }
    }

    func fits(_ certificate: CertificateAtCA, _ person: Person) -> Bool {
        let addresses = person.addresses(at: now)
        return certificate.addresses.isSubset(of: addresses)
            && certificate.addresses.contains(person.names.last?.mail ?? "")
    }

    /// Whether something in the world explains that a second certificate was ordered.
    private func hasReason(
        _ former: CertificateAtCA, _ next: CertificateAtCA, _ person: Person, _ policy: SimulationPolicy
    ) -> Bool {
        let (from, to) = (former.start, next.start.addingTimeInterval(86_400))
        return former.certificate.notAfter.timeIntervalSince(next.start) < policy.renewal + 2 * 86_400
            || person.moments.contains { $0 > from.addingTimeInterval(-86_400) && $0 <= to }
            || changes.contains { $0 > from.addingTimeInterval(-Self.patience) && $0 <= to }
    }

    /// What was paid for and never came to anybody.
    private func lookForLost(_ verdict: inout Verdict) {
        for certificate in certificates
        where !everDelivered.contains(certificate.certificate.sha1Fingerprint.lowercased()) && !certificate.isRevoked
            && now.timeIntervalSince(certificate.start) > Self.patience
        {
            verdict.lost.append("order \(certificate.order) at \(certificate.ca) was issued and never reached Intune")
        }
        for (reference, same) in Dictionary(grouping: certificates, by: \.reference)
        where !reference.isEmpty && Set(same.map { "\($0.ca) \($0.order)" }).count > 1 {
            verdict.doubled.append("\(reference) was ordered \(same.count) times")
        }
    }

    /// An address belongs to one person; who had it before must not sign with it any more.
    private func lookForForeignAddresses(_ verdict: inout Verdict) {
        var owners: [String: Person] = [:]
        for person in people.values where person.isWanted {
            for address in person.addresses(at: now) { owners[address] = person }
        }
        for certificate in certificates
        where certificate.isValid(at: now) && delivered.contains(certificate.certificate.sha1Fingerprint.lowercased()) {
            for address in certificate.addresses {
                guard let owner = owners[address], owner.number != certificate.person,
                    now.timeIntervalSince(owner.touched) > Self.patience
                else { continue }
                verdict.strangers.append(
                    "\(certificate.person.flatMap { people[$0]?.name } ?? "somebody") has a valid certificate for \(address), which is "
                        + "\(owner.name)'s")
            }
        }
    }

    /// What a CA has revoked stands on its list, with the reason where the CA shows reasons.
    private func readLists(_ verdict: inout Verdict) {
        for (name, ca) in records["cas"]?.object ?? [:] {
            var reasons: [String: Int] = [:]
            for pem in (ca["revocationLists"]?.object ?? [:]).values.compactMap(\.string) {
                for entry in (try? CertificateRevocationList(pem: pem).entries) ?? [] {
                    reasons[entry.serialNumber.hex] = entry.reasonCode
                }
            }
            for certificate in certificates where certificate.ca == name && certificate.isRevoked {
                guard let listed = reasons[certificate.serial] else {
                    verdict.revocationsMissing.append("\(certificate.serial) of \(name) is revoked and not on its list")
                    continue
                }
                if ca["publishesReasons"] == true, let reason = certificate.reason?.int, reason != listed {
                    verdict.revocationsMissing.append(
                        "\(certificate.serial) of \(name) is on the list with reason \(listed), revoked with \(reason)")
                }
            }
        }
    }

    /// Whose each certificate is: by the record in Intune, else by its address on the day it was made.
    private static func withOwners(
        _ certificates: [CertificateAtCA], _ pfx: [JSONValue], _ people: [Int: Person], _ mailboxes: [Mailbox]
    ) throws -> [CertificateAtCA] {
        let byAddress = Dictionary(mailboxes.map { ($0.address, $0.number) }, uniquingKeysWith: { $1 })
        let byName = Dictionary(people.values.map { ($0.name.lowercased(), $0.number) }, uniquingKeysWith: { $1 })
        let byThumbprint = Dictionary(
            pfx.map {
                ($0["thumbprint"]?.string?.lowercased() ?? "", $0["userPrincipalName"]?.string?.lowercased() ?? "")
            },
            uniquingKeysWith: { $1 })
        return certificates.map { certificate in
            var certificate = certificate
            certificate.mailbox = certificate.addresses.lazy.compactMap { byAddress[$0] }.first
            // Its key lies on the devices of several people.
            if certificate.mailbox != nil { return certificate }
            let name = byThumbprint[certificate.certificate.sha1Fingerprint.lowercased()]
            certificate.person =
                name.flatMap { byName[$0] }
                ?? people.values.first { !$0.addresses(at: certificate.start).isDisjoint(with: certificate.addresses) }?
                .number
            return certificate
        }
    }

    static func date(_ value: JSONValue?) -> Date? {
        value?.string.flatMap { try? Date($0, strategy: .iso8601) }
    }
}
