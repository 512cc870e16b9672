// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// What others find and what people were told.
extension SimulationJudge {
    /// Of everybody the newest certificate stands in the address list, and none that is over.
    func judgePublication(_ verdict: inout Verdict) {
        var lists: [String: Set<String>] = [:]
        for entry in records["addressList"]?.array ?? [] {
            lists[entry["name"]?.string?.lowercased() ?? ""] = Set(Self.thumbprints(entry["certificates"]))
        }
        guard let policy = policies.first(where: \.isPublished) else { return }
        let own = Dictionary(grouping: certificates.filter(\.encrypts)) { Owner($0) }
        for person in people.values.sorted(by: { $0.number < $1.number }) {
            let listed = lists[person.name.lowercased()] ?? []
            let mine = own[Owner(person: person.number)] ?? []
            if person.isWanted, rests(person) {
                let usable = mine.filter { isInUse($0) && (!policy.replacesOnChange || fits($0, person)) }
                judge(mine, newest: usable.last, listed, person.name, &verdict)
            } else if !person.isWanted, policy.departure != "keep",
                now.timeIntervalSince(person.touched) > policy.grace + Self.patience
            {
                for certificate in mine where listed.contains(certificate.thumbprint) {
                    verdict.publishedAstray.append("\(person.name) is gone, and others find \(certificate.serial)")
                }
            }
        }
        for mailbox in mailboxes where rests(mailbox) {
            let mine = own[Owner(mailbox: mailbox.number)] ?? []
            judge(
                mine, newest: mine.filter { isInUse($0) }.last, lists[mailbox.address] ?? [], mailbox.address, &verdict)
        }
        let byThumbprint = Dictionary(certificates.map { ($0.thumbprint, $0) }, uniquingKeysWith: { $1 })
        let names = Dictionary(people.values.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { $1 })
        for (name, listed) in lists {
            for certificate in listed.compactMap({ byThumbprint[$0] }) where certificate.mailbox == nil {
                guard let person = names[name], rests(person), !wasMade(certificate, for: person) else { continue }
                verdict.publishedAstray.append("\(name): others find \(certificate.serial), which is somebody else's")
            }
        }
    }

    private struct Owner: Hashable {
        var person: Int?
        var mailbox: Int?

        init(_ certificate: CertificateAtCA) { (person, mailbox) = (certificate.person, certificate.mailbox) }
        init(person: Int) { self.person = person }
        init(mailbox: Int) { self.mailbox = mailbox }
    }

    private func isInUse(_ certificate: CertificateAtCA) -> Bool {
        certificate.isValid(at: now) && everDelivered.contains(certificate.thumbprint)
    }

    private func judge(
        _ all: [CertificateAtCA], newest: CertificateAtCA?, _ listed: Set<String>, _ name: String,
        _ verdict: inout Verdict
    ) {
        guard let newest, now.timeIntervalSince(newest.start) > Self.patience else { return }
        if !listed.contains(newest.thumbprint) {
            verdict.unpublished.append("\(name): nobody finds \(newest.serial)")
        }
        for certificate in all where listed.contains(certificate.thumbprint) && !certificate.isValid(at: now) {
            verdict.publishedAstray.append("\(name): others find \(certificate.serial), which is over")
        }
    }

    /// Each mail left once, and whoever got a certificate was told.
    func judgeNotices(_ verdict: inout Verdict) {
        let mails = (records["mails"]?.array ?? []).map(Mail.init)
        verdict.mailsSent = mails.count
        let told = Dictionary(grouping: mails) { "\($0.recipient)\n\($0.event)\n\($0.subject)\n\($0.text)" }
        for same in told.values where same.count > 1 {
            let mail = same[0]
            // The words of a renewal have the day of the end, which two certificates may share.
            let alike =
                mail.event == "renewed"
                ? certificates.count {
                    $0.addresses.contains(mail.recipient) && mail.text.contains($0.certificate.notAfter.day)
                } : 1
            if same.count > max(1, alike) {
                verdict.noticesDoubled.append("\(mail.recipient) was told \(same.count) times: \(mail.subject)")
            }
        }
        let arrivals = Dictionary(grouping: mails.filter { ["issued", "renewed"].contains($0.event) }, by: \.recipient)
        let own = Dictionary(grouping: certificates.filter { everDelivered.contains($0.thumbprint) }) { $0.person ?? 0 }
        for person in people.values.sorted(by: { $0.number < $1.number }) where person.isWanted && rests(person) {
            let got = (own[person.number] ?? []).count { now.timeIntervalSince($0.start) > Self.patience }
            let heard = Set(person.names.flatMap { $0.addresses.union([$0.mail]) }).reduce(0) { count, address in
                count + (arrivals[address] ?? []).count { person.addresses(at: $0.at).contains(address) }
            }
            if heard < got {
                verdict.noticesMissing.append("\(person.name) got \(got) certificates and was told of \(heard)")
            }
        }
    }

    /// A mail as the tenant accepted it.
    struct Mail {
        let recipient: String
        let event: String
        let subject: String
        let text: String
        let at: Date

        init(_ json: JSONValue) {
            let message = json["message"]
            recipient = json["recipients"]?[0]?.string?.lowercased() ?? ""
            subject = message?["subject"]?.string ?? ""
            text = message?["body"]?["content"]?.string ?? ""
            event =
                message?["internetMessageHeaders"]?.array?.first { $0["name"] == "x-certway-event" }?["value"]?.string
                ?? ""
            at = SimulationJudge.date(json["acceptedAt"]) ?? .distantPast
        }
    }
}
