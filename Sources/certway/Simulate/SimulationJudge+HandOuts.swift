// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import Secrets

/// Keys that were recovered or handed over: to whom they were to come they came, once, and to nobody else.
extension SimulationJudge {
    func judgeHandOuts(_ verdict: inout Verdict) {
        let byThumbprint = Dictionary(certificates.map { ($0.thumbprint, $0) }, uniquingKeysWith: { $1 })
        let mails = (records["mails"]?.array ?? []).map(Mail.init)
        for one in records["handOuts"]?.array ?? [] {
            guard let owner = one["person"]?.int.flatMap({ people[$0] }) else { continue }
            let what = "\(one["kind"]?.string ?? "") of \(owner.name), \(one["mark"]?.string ?? "")"
            let isFetched = one["outcome"] == "fetched"
            var came = 0
            for file in one["files"]?.array ?? [] {
                let who = file["by"]?.string ?? ""
                guard isFetched, who == "entitled", came == 0 else {
                    verdict.handOutsAstray.append("\(what): \(who) got a file")
                    continue
                }
                guard let thumbprint = Self.opened(file) else { continue }
                if let certificate = byThumbprint[thumbprint], certificate.person == owner.number {
                    came += 1
                } else {
                    verdict.handOutsAstray.append("\(what): the file has somebody else's key")
                }
            }
            verdict.keysHandedOut += came
            guard let begun = Self.date(one["begun"]), let ended = Self.date(one["ended"]),
                isUndisturbed(owner, from: begun, to: ended)
            else { continue }
            if isFetched, came == 0, !isSuperseded(one, by: ended) {
                verdict.handOutsMissing.append("\(what): no file came that opens")
            }
            // What was taken back at once is nothing to come for.
            guard one["kind"] == "recoverKey" || one["outcome"] != "refused",
                now.timeIntervalSince(begun) > Self.patience
            else { continue }
            let addresses = owner.names.reduce(into: Set<String>()) { $0.formUnion($1.addresses.union([$1.mail])) }
            let mark = one["mark"]?.string ?? ""
            if !mails.contains(where: { addresses.contains($0.recipient) && $0.text.contains(mark) }) {
                verdict.noticesMissing.append("\(what): the owner was not told")
            }
        }
    }

    /// Whether nothing happened to somebody about that time, such as a departure, that keeps files and mails away.
    private func isUndisturbed(_ person: Person, from begun: Date, to ended: Date) -> Bool {
        let (from, until) = (begun.addingTimeInterval(-Self.patience), ended.addingTimeInterval(86_400))
        return !person.moments.contains { $0 > from && $0 <= until }
    }

    /// Whether another certificate took the place of one that was offered, which ends the offer.
    private func isSuperseded(_ one: JSONValue, by ended: Date) -> Bool {
        guard one["kind"] == "handOver",
            let offered = certificates.first(where: { $0.thumbprint == one["certificate"]?.string })
        else { return false }
        return certificates.contains {
            $0.person == offered.person && $0.purpose == offered.purpose && $0.start > offered.start
                && $0.start <= ended.addingTimeInterval(86_400)
        }
    }

    /// Thumbprint of the certificate in a file that opens; its key belongs to it, or it does not open.
    private static func opened(_ file: JSONValue) -> String? {
        guard let content = file["content"]?.string.flatMap({ Data(base64Encoded: $0) }),
            let bundle = try? PKCS12Bundle.open(Array(content), password: Secret(file["password"]?.string ?? ""))
        else { return nil }
        return bundle.certificate.sha1Fingerprint.lowercased()
    }
}
