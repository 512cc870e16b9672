// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Drift
import Foundation
import Fulfilment
import Ledger
import PKIX
import Settings

extension DriftReader {
    /// The list of each backend CA.
    func authorities(_ certificates: [LedgerCertificate]) async throws -> Sight {
        var all = Sight()
        let search = AdoptionSearch(gateway: gateway) { [onProgress] in onProgress(.authority, $1) }
        for name in gateway.backends.names {
            all.add(
                try await place(.authority, name) { sight, gaps in
                    let backend = try BackendCAAdministration(gateway).ready(name)
                    for ability in [ConnectorAbility.inventory, .poll] where !backend.abilities.contains(ability) {
                        throw NotComparable(reason: backend.explainMissing(ability))
                    }
                    let list = try await search.list(name, seesEnded: true)
                    gaps += Self.gap(list.problems.count, "order", list.problems.first)
                    // What has come to the ledger while the list was read is none.
                    let known = try await gateway.ledger.knownCARequests(
                        list.strangers.map(\.order.caRequestID), backendCA: name
                    ).subtracting(list.ended.keys)
                    let ended = try await ended(list)
                    let unknown = list.strangers.filter { !known.contains($0.order.caRequestID) }
                    let twins = try await twins(of: unknown.map(\.sight), certificates)
                    let strangers = unknown.compactMap { stranger in
                        Self.stranger(stranger.sight, twins).map { (stranger.order.caRequestID, $0) }
                    }
                    sight.findings = InventoryComparison(
                        backendCA: name, entries: list.entries, certificates: certificates,
                        strangers: Dictionary(strangers, uniquingKeysWith: { $1 }), ended: ended, now: now
                    ).findings()
                    let found = list.strangers.compactMap { stranger -> FoundCertificate? in
                        if case .certificate(let one) = stranger.sight { one } else { nil }
                    }
                    try await nameOwners(of: found, in: &sight.findings)
                })
        }
        return all
    }

    /// What is to be done about orders that have ended here without a certificate, and that the CA has, by its id: known by that,
    /// or by the key, for a CA that has refused an order gave it no id.
    private func ended(_ list: AdoptionSearch.AuthorityList) async throws -> [String: InventoryComparison.EndedOrder] {
        let keys = list.strangers.compactMap { stranger -> (id: String, key: [UInt8])? in
            guard case .certificate(let found) = stranger.sight, let key = found.publicKey else { return nil }
            return (stranger.order.caRequestID, key)
        }
        let own = try await gateway.ledger.ordersWithoutCertificate(forKeys: Set(keys.map(\.key)))
        var orders = list.ended
        for (id, key) in keys { if let order = own[key], !order.stage.isOpen { orders[id] = order } }
        let obstacles = try await gateway.ledger.obstaclesToRevival(Array(orders.values))
        return orders.mapValues { order in
            InventoryComparison.EndedOrder(
                reference: order.reference, stage: order.stage, obstacle: obstacles[order.id].map { "\($0)" })
        }
    }

    /// Says whose a certificate would be that the ledger does not know: the one account that has a name of it, else its address.
    private func nameOwners(of found: [FoundCertificate], in findings: inout [DriftFinding]) async throws {
        let keys = Dictionary(
            found.map { ($0.certificate.sha256Fingerprint, $0.keys) }, uniquingKeysWith: { first, _ in first })
        let holders = try await gateway.mirror.holders(
            of: Set(keys.values.flatMap(\.self)), by: [.mail, .proxyAddress, .userPrincipalName])
        let people = Dictionary(
            try await gateway.mirror.peopleAsMembers(ids: Set(holders.values.flatMap(\.self)).sorted()).map {
                ($0.person.id, $0.person.userPrincipalName)
            }, uniquingKeysWith: { first, _ in first })
        for index in findings.indices where findings[index].kind == .unknownAtAuthority {
            let own = keys[findings[index].subject] ?? []
            let ids = Set(own.flatMap { holders[$0] ?? [] })
            findings[index].userPrincipalName = ids.count == 1 ? ids.first.flatMap { people[$0] } : nil
            findings[index].userPrincipalName = findings[index].userPrincipalName ?? own.min()
        }
    }

    /// Serial numbers of the certificates of the ledger for the keys of those that it does not know, by public key. The ledger's are
    /// read only where there is one of these: each is parsed.
    private func twins(
        of sights: [AdoptionSearch.Sight], _ certificates: [LedgerCertificate]
    ) async throws -> [[UInt8]: String] {
        let fingerprints = Set(certificates.map(\.sha256Fingerprint))
        let keys = Set(
            sights.compactMap { sight -> [UInt8]? in
                guard case .certificate(let found) = sight,
                    !fingerprints.contains(found.certificate.sha256Fingerprint)
                else { return nil }
                return found.publicKey
            })
        guard !keys.isEmpty else { return [:] }
        var twins: [[UInt8]: String] = [:]
        // A key that was made elsewhere may be in use elsewhere.
        let own = certificates.filter(\.hasKeyOfOurs)
        for start in stride(from: 0, to: own.count, by: Self.batch) {
            let ids = own[start...].prefix(Self.batch).map(\.id)
            for record in try await gateway.ledger.certificates(ids: ids) {
                guard let key = try? Certificate(der: record.der).publicKey.der, keys.contains(key) else { continue }
                twins[key] = record.serialNumber
            }
        }
        return twins
    }

    private static func stranger(
        _ sight: AdoptionSearch.Sight, _ twins: [[UInt8]: String]
    ) -> InventoryComparison.Stranger? {
        switch sight {
        case .certificate(let found):
            .certificate(
                sha256Fingerprint: found.certificate.sha256Fingerprint,
                serialNumber: found.certificate.serialNumber.hex, subject: "\(found.certificate.subject)",
                sameKey: found.publicKey.flatMap { twins[$0] })
        case .pending: .pending
        case .nothing: nil
        }
    }

    /// What each backend CA publishes of its certificates in force.
    func revocations(_ certificates: [LedgerCertificate]) async throws -> Sight {
        var all = Sight()
        let (reader, now) = (RevocationReader(gateway.http), now)
        let inForce = certificates.filter { $0.notAfter > now }
        for (name, group) in Dictionary(grouping: inForce, by: \.backendCA).sorted(by: { $0.key < $1.key }) {
            all.add(
                try await place(.revocation, name) { sight, gaps in
                    try await revocations(group, reader, now, &sight, &gaps)
                })
        }
        return all
    }

    private func revocations(
        _ group: [LedgerCertificate], _ reader: RevocationReader, _ now: Date, _ sight: inout Sight,
        _ gaps: inout [String]
    ) async throws {
        let comparison = RevocationComparison(now: now)
        var survey = RevocationSurvey<CertificateRecord> { await Self.look(at: $0, reader, now) }
        for start in stride(from: 0, to: group.count, by: Self.batch) {
            let part = Array(group[start...].prefix(Self.batch))
            let records = try await gateway.ledger.certificates(ids: part.map(\.id))
            let actions = try await gateway.ledger.standingActions(certificateIDs: part.map(\.id))
            let byID = Dictionary(part.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
            for (record, finding) in try await survey.look(at: records) {
                guard let certificate = byID[record.id] else { continue }
                let action = actions[record.id]?.last { $0.kind == .revoke }
                let seen: RevocationComparison.Sight
                switch finding {
                case .revoked(let revoked) where revoked.reason == RevocationReason.certificateHold.name:
                    seen = .onHold(revoked.sentence)
                case .revoked(let revoked):
                    seen = .revoked(revoked.sentence)
                    sight.revoked[record.id] = RevokedCertificate(
                        serialNumber: record.serialNumber, issuer: record.issuer,
                        reason: revoked.reason ?? RevocationReason.unspecified.name, at: revoked.at)
                case .missing(_, wasRead: true): seen = .good
                case .missing(_, wasRead: false), .nowhere: seen = .unknown
                }
                if let found = comparison.finding(
                    certificate, seen, takenAt: action?.takenAt, wasSeen: action?.seenAt != nil,
                    isAsked: action?.state.isOpen == true)
                {
                    sight.findings.append(found)
                }
            }
            if survey.isGivenUp { break }
        }
        if survey.read == 0, survey.unread > 0 { throw SettingsError(survey.reason ?? "nothing could be read") }
        if survey.read == 0, survey.nowhere > 0 {
            throw NotComparable(reason: "its certificates name no place where revocation is published")
        }
        gaps += Self.gap(survey.unread, "certificate", survey.reason)
    }

    private static func look(
        at record: CertificateRecord, _ reader: RevocationReader, _ now: Date
    ) async -> RevocationReader.Finding {
        do {
            let issuers = try record.chain.map { try Certificate(der: $0) }
            return await reader.look(at: try Certificate(der: record.der), issuers: issuers, since: now, now: now)
        } catch {
            return .missing("\(error)", wasRead: false)
        }
    }
}
