// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Drift
import Foundation
import KeyArchival
import Ledger
import PKIX
import Publication
import Settings

extension DriftReader {
    /// Address list and LDAP directories, person by person.
    func addressLists(_ certificates: [LedgerCertificate]) async throws -> Sight {
        guard !gateway.configuration.directories.isEmpty else {
            return try await place(.addressLists) { _, _ in
                throw NotComparable(reason: "nothing is published: section 'directories' is not configured")
            }
        }
        var all = Sight()
        for configured in gateway.configuration.directories {
            let comparison = EntryComparison(place: configured.name, certificates: certificates)
            all.add(
                try await place(.addressLists, configured.name) { sight, gaps in
                    try await gateway.publications.want(
                        in: configured.name, of: gateway.publishing(in: configured.name), limit: 100_000)
                    let keeper = try gateway.publicationKeeper(configured)
                    var entries = Tally()
                    for subscriber in try await gateway.publications.subscribers(in: configured.name) {
                        try Task.checkCancellation()
                        guard let seen = try await keeper.sight(of: subscriber) else { continue }
                        if let problem = seen.difference?.problem {
                            try entries.note(unread: problem)
                            continue
                        }
                        entries.noteRead()
                        sight.findings += comparison.findings(
                            of: subscriber, adds: seen.difference?.adds ?? [],
                            removes: seen.difference?.removes ?? [],
                            present: seen.present.compactMap { try? Certificate(der: $0).sha256Fingerprint },
                            failure: seen.difference?.lastFailure)
                    }
                    try entries.end()
                    gaps += Self.gap(entries.unread, "entry", entries.reason, many: "entries")
                })
        }
        return all
    }

    /// The archive: whether the keys of today are in it, and whether the agents of today open what is in it.
    func archive(_ certificates: [LedgerCertificate]) async throws -> Sight {
        let templates = gateway.configuration.templates.filter(\.isArchived)
        guard !templates.isEmpty else {
            return try await place(.archive) { _, _ in
                throw NotComparable(reason: "no template archives keys: none names key recovery agents")
            }
        }
        return try await place(.archive) { sight, gaps in
            var agents: [String: [AgentIdentity]] = [:]
            var unknown = 0
            for template in templates {
                let named = gateway.configuration.keyRecoveryAgents.filter {
                    template.keyRecoveryAgents.contains($0.name)
                }
                agents[template.name] = try named.map { try AgentIdentity(gateway.keyRecoveryAgent($0).certificate) }
            }
            let now = now
            let meant = certificates.filter { agents[$0.template] != nil && $0.hasKeyOfOurs }
            for start in stride(from: 0, to: meant.count, by: Self.batch) {
                try Task.checkCancellation()
                let part = meant[start...].prefix(Self.batch)
                let entries = Dictionary(
                    try await gateway.ledger.archive(of: part.map(\.orderID)).map { ($0.orderID, $0) },
                    uniquingKeysWith: { $1 })
                for certificate in part {
                    guard let entry = entries[certificate.orderID] else {
                        if certificate.isInUse(at: now) {
                            sight.findings.append(DriftFinding(.notArchived, of: certificate))
                        }
                        continue
                    }
                    do {
                        let recipients = try entry.recipients()
                        let verdicts = (agents[certificate.template] ?? []).map(recipients.verdict)
                        if verdicts.contains(.unknown) { unknown += 1 }
                        let missing = verdicts.filter { [.none, .otherKey].contains($0) }
                        guard !missing.isEmpty else { continue }
                        sight.findings.append(
                            DriftFinding(
                                .archivedForOthers, of: certificate,
                                detail: "\(Plural(missing.count, "agent")) of template \(certificate.template)"))
                    } catch let error as PKIXError {
                        // It says nothing of the others.
                        sight.findings.append(DriftFinding(.archiveBroken, of: certificate, detail: "\(error)"))
                    }
                }
            }
            if unknown > 0 {
                gaps.append(
                    "of \(Plural(unknown, "archived key")) from before it was kept it is not on record to which keys of the agents they are "
                        + "encrypted: 'certway key drill --all' as each agent finds it out, 'certway key rewrap' settles it"
                )
            }
        }
    }
}
