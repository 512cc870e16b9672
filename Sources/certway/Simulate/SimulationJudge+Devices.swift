// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import Foundation
import JSONDocuments
import PKIX

/// Whose keys lie on whose devices, and whether mail of every month can still be read with them.
extension SimulationJudge {
    func judgeDevices(_ verdict: inout Verdict) {
        let devices = openRecords(&verdict)
        lookForMissingKeys(devices, &verdict)
        lookForStrayKeys(&verdict)
        readMail(devices, &verdict)
        judgePublication(&verdict)
        judgeNotices(&verdict)
    }

    /// Opens each record as the Intune connector does that devices fetch it from.
    ///
    /// - Returns: thumbprints of what opened, by principal name in lower case.
    private func openRecords(_ verdict: inout Verdict) -> [String: Set<String>] {
        let connector = records["connector"]
        var devices: [String: Set<String>] = [:]
        guard let key = try? PrivateKey(pem: .init(connector?["privateKeyPEM"]?.string ?? "")) else {
            verdict.keysUnreadable.append("the records have no key of the connector")
            return [:]
        }
        let verifier = PFXImportVerifier(
            privateKey: key, providerName: connector?["providerName"]?.string ?? "",
            keyName: connector?["keyName"]?.string ?? "")
        for entity in records["pfx"]?.array ?? [] {
            let name = entity["userPrincipalName"]?.string?.lowercased() ?? ""
            do {
                _ = try verifier.open(entity)
                verdict.keysOpened += 1
                devices[name, default: []].insert(entity["thumbprint"]?.string?.lowercased() ?? "")
            } catch {
                verdict.keysUnreadable.append("\(name): PFX does not open: \(error)")
            }
        }
        return devices
    }

    /// Whether a certificate's key is to be at hand: it was delivered, it is not compromised, and it has not been over for long.
    func isToBeAtHand(_ certificate: CertificateAtCA) -> Bool {
        let history = policies.first { $0.purpose == certificate.purpose }?.history ?? policies.first?.history ?? 0
        return certificate.encrypts && everDelivered.contains(certificate.thumbprint)
            && now.timeIntervalSince(certificate.start) > Self.patience
            && certificate.certificate.notAfter.addingTimeInterval(history) > now
            && !(certificate.isRevoked && certificate.reason?.int == 1)
    }

    func rests(_ person: Person) -> Bool { now.timeIntervalSince(person.touched) > Self.patience }

    func rests(_ mailbox: Mailbox) -> Bool { now.timeIntervalSince(mailbox.changed) > Self.patience }

    private func lookForMissingKeys(_ devices: [String: Set<String>], _ verdict: inout Verdict) {
        for certificate in certificates where isToBeAtHand(certificate) {
            if let mailbox = mailboxes.first(where: { $0.number == certificate.mailbox }) {
                guard rests(mailbox) else { continue }
                for person in mailbox.delegates.sorted().compactMap({ people[$0] })
                where devices[person.name.lowercased()]?.contains(certificate.thumbprint) != true {
                    verdict.keysMissing.append(
                        "\(person.name) opens \(mailbox.address) and lacks the key of \(certificate.serial)")
                }
            } else if let person = certificate.person.flatMap({ people[$0] }), person.isWanted, rests(person),
                // What was taken from somebody who left stays away.
                certificate.start > person.wentAway,
                devices[person.name.lowercased()]?.contains(certificate.thumbprint) != true
            {
                verdict.keysMissing.append("\(person.name) lacks the key of \(certificate.serial)")
            }
        }
    }

    /// Every record must be of somebody whose certificate it was made for, or who opens that mailbox.
    private func lookForStrayKeys(_ verdict: inout Verdict) {
        let byThumbprint = Dictionary(certificates.map { ($0.thumbprint, $0) }, uniquingKeysWith: { $1 })
        let byName = Dictionary(people.values.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { $1 })
        for entity in records["pfx"]?.array ?? [] {
            let name = entity["userPrincipalName"]?.string?.lowercased() ?? ""
            let thumbprint = entity["thumbprint"]?.string?.lowercased() ?? ""
            guard let certificate = byThumbprint[thumbprint], let person = byName[name] else {
                verdict.keysAstray.append("\(name) has \(thumbprint), which nobody knows")
                continue
            }
            if let mailbox = mailboxes.first(where: { $0.number == certificate.mailbox }) {
                if rests(mailbox), !mailbox.delegates.contains(person.number) {
                    verdict.keysAstray.append("\(name) has a key of \(mailbox.address) and may not open it")
                }
            } else if !wasMade(certificate, for: person) {
                verdict.keysAstray.append(
                    "\(name) has the key of \(certificate.serial), which was made for somebody else")
            } else if !person.isWanted, let policy = policies.first(where: { $0.departure != "keep" }),
                now.timeIntervalSince(person.touched) > policy.grace + Self.patience
            {
                verdict.keysAstray.append("\(name) is gone and has the key of \(certificate.serial)")
            }
        }
    }

    /// Whether somebody had all addresses of a certificate about the day on which it was made.
    func wasMade(_ certificate: CertificateAtCA, for person: Person) -> Bool {
        let day: TimeInterval = 86_400
        for (index, name) in person.names.enumerated() {
            let end = index + 1 < person.names.count ? person.names[index + 1].from : Date.distantFuture
            if certificate.addresses.isSubset(of: name.addresses),
                name.from <= certificate.start.addingTimeInterval(day),
                end >= certificate.start.addingTimeInterval(-day)
            {
                return true
            }
        }
        return false
    }

    /// Mail that was encrypted at the end of a month, to what others found then.
    private func readMail(_ devices: [String: Set<String>], _ verdict: inout Verdict) {
        let starts = Dictionary(certificates.map { ($0.thumbprint, $0.start) }, uniquingKeysWith: { $1 })
        for period in records["periods"]?.array ?? [] {
            for entry in period["people"]?.array ?? [] {
                guard let person = entry["number"]?.int.flatMap({ people[$0] }), person.isWanted, rests(person) else {
                    continue
                }
                for thumbprint in Self.thumbprints(entry["certificates"])
                where starts[thumbprint].map({ $0 > person.wentAway }) ?? false {
                    if devices[person.name.lowercased()]?.contains(thumbprint) == true {
                        verdict.mailsOpened += 1
                    } else {
                        verdict.mailsUnreadable.append(
                            "\(person.name) does not read mail of \(period["period"]?.string ?? ""), encrypted to \(thumbprint)"
                        )
                    }
                }
            }
        }
    }

    /// - Parameter list: base64 of DER.
    static func thumbprints(_ list: JSONValue?) -> [String] {
        (list?.array ?? []).compactMap { value in
            guard let data = value.string.flatMap({ Data(base64Encoded: $0) }) else { return nil }
            return try? Certificate(der: Array(data)).sha1Fingerprint.lowercased()
        }
    }
}
