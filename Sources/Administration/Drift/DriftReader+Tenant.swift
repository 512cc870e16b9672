// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import DeliveryProof
import Directory
import Drift
import Foundation
import KeyHoldings
import Ledger
import MicrosoftGraph
import PKIX
import Planning
import Settings
import Store
import YAMLDocuments

extension DriftReader {
    /// Every imported PFX.
    func intune(_ certificates: [LedgerCertificate]) async throws -> Sight {
        try await place(.intune) { sight, gaps in
            let graph = try gateway.graphClient()
            guard let settings = gateway.configuration.intune, let uploader = try gateway.uploader(graph) else {
                throw NotComparable(reason: "nothing is delivered through Intune: section 'intune' is not configured")
            }
            var expectations: [DeliveryExpectation] = []
            let now = now
            let inUse = certificates.filter { $0.isInUse(at: now) }
            var unreadable: [String] = []
            for start in stride(from: 0, to: inUse.count, by: Self.batch) {
                let part = inUse[start...].prefix(Self.batch)
                let records = try await gateway.ledger.certificates(ids: part.map(\.id))
                let found = try await gateway.deliveryExpectations(of: records, settings, uploader)
                expectations += found.expected.values
                unreadable += found.unreadable.sorted { $0.key < $1.key }.map(\.value)
            }
            gaps += Self.gap(unreadable.count, "order", unreadable.first)
            let holdings = try await holdings(certificates)
            let deleted = try await gateway.mirror.deleted(Set(certificates.map(\.subscriberID)).sorted())
            let known = Set(certificates.map(\.thumbprint))
            // Intune comes last: what is delivered while the ledger is read is there.
            let records = try await uploader.certificates().filter {
                uploader.isOurs($0) || known.contains($0.thumbprint)
                    || known.contains(String($0.id.drop { $0 != "-" }.dropFirst()))
            }
            let comparison = IntuneComparison(
                records: records, certificates: certificates, expectations: expectations, holdings: holdings,
                deleted: deleted, now: now)
            let missing = comparison.missing
            // Another tenant's view, or a lost scope, answers with a short list and no error.
            if missing.count > 1, missing.count * 2 >= missing.delivered {
                throw SettingsError(
                    "Intune's list lacks \(missing.count) of \(missing.delivered) records that were delivered: "
                        + "it is not taken as whole")
            }
            sight.findings = comparison.findings()
        }
    }

    private func holdings(_ certificates: [LedgerCertificate]) async throws -> [KeyHolding] {
        let store = KeyHoldingStore(gateway.ledger)
        guard try await !store.isEmpty() else { return [] }
        return try await store.holdings(ofCertificates: certificates.map(\.id))
    }

    /// People, groups and mailboxes, by the verdict of the plan: there is no second one. Where another node decides, it is what that has
    /// decided last.
    func directory(_ certificates: [LedgerCertificate]) async throws -> Sight {
        try await place(.directory) { sight, gaps in
            let graph = try gateway.graphClient()
            gaps += try await gateway.decide(graph)?.problems ?? []
            let register = EnrollmentRegister(database: gateway.database, clock: gateway.ledger.clock)
            let bySerial = Dictionary(grouping: certificates, by: \.serialNumber)
            for concern in CertificateConcern.allCases where DriftKind(concern) != nil {
                let people = try await register.people(PersonFilter(concern: concern, limit: .max))
                let deleted = try await gateway.mirror.deleted(people.map(\.subscriberID))
                for person in people {
                    let own = bySerial[person.serialNumber ?? ""]?.first { $0.subscriberID == person.subscriberID }
                    guard let own, var kind = DriftKind(concern) else { continue }
                    if deleted.contains(person.subscriberID) { kind = .personDeleted }
                    var finding = DriftFinding(kind, of: own, detail: person.reason)
                    finding.waits = try await waits(person, own)
                    sight.findings.append(finding)
                }
            }
            try await mailboxes(certificates, &sight)
            sight.findings += LedgerComparison(certificates: certificates, now: now).findings()
        }
    }

    /// Why the plan has nothing to do about somebody: it is under way, the grace has not passed, or the template lets it be; nil where
    /// it has something to do.
    private func waits(_ person: EnrolledPerson, _ own: LedgerCertificate) async throws -> String? {
        let decision = try await gateway.planner.decisions.decisions(subscriberID: person.subscriberID)
            .first { $0.template == person.template }
        guard let decision, decision.action == nil else { return nil }
        let asked = try await gateway.ledger.standingActions(certificateIDs: [own.id])[own.id] ?? []
        if asked.contains(where: { $0.kind == .revoke }) {
            return "nothing is to be mended: its revocation is asked for"
        }
        if let order = person.order, try await gateway.ledger.order(own.orderID)?.reference != order {
            return "nothing is to be mended: order \(order) takes its place"
        }
        return decision.dueAt.map {
            "nothing is to be mended: by the template's rules the plan looks again on \(CalendarDay.text($0))"
        }
            ?? "nothing follows: the template's rules let it be; "
            + "'certway certificate revoke SERIAL --because \"left\"' ends it"
    }

    private func mailboxes(_ certificates: [LedgerCertificate], _ sight: inout Sight) async throws {
        let mailboxes = try await gateway.mirror.mailboxes().filter(\.isPresent)
        for mailbox in mailboxes {
            guard let problem = mailbox.problem else { continue }
            var finding = DriftFinding(.mailboxUnread, subject: mailbox.id, detail: problem)
            (finding.personID, finding.userPrincipalName) = (mailbox.id, mailbox.address)
            sight.findings.append(finding)
        }
        var exposed: [KeyHolderRule: [String: KeyExposure]] = [:]
        let now = now
        let ids = Set(mailboxes.map(\.id))
        for certificate in certificates where certificate.isInUse(at: now) && ids.contains(certificate.subscriberID) {
            let rule = gateway.configuration.template(certificate.template)?.keyHolders ?? KeyHolderRule()
            if exposed[rule] == nil {
                exposed[rule] = try await KeyHoldingStore(gateway.ledger).exposed(ids.sorted(), by: rule)
            }
            guard let people = exposed[rule]?[certificate.subscriberID]?.certificates[certificate.id] else { continue }
            var finding = DriftFinding(.mailboxKeyExposed, of: certificate, detail: people.joined(separator: ", "))
            if gateway.configuration.template(certificate.template)?.mailboxes?.onLeave == .withdraw {
                finding.waits =

                    "nothing follows: onLeave of the template takes the key back and leaves the mailbox its key"
            }
            sight.findings.append(finding)
        }
    }

    /// By which values people sign in, where a template says by which field of the certificate.
    func signIn(_ certificates: [LedgerCertificate]) async throws -> Sight {
        let fields = Dictionary(
            gateway.configuration.templates.compactMap { template in
                template.certificateUserIDs.map { (template.name, $0) }
            }, uniquingKeysWith: { first, _ in first })
        guard !fields.isEmpty else {
            return try await place(.signIn) { _, _ in
                throw NotComparable(reason: "no template names a field of certificates by which people sign in")
            }
        }
        let now = now
        let meant = certificates.filter { fields[$0.template] != nil && $0.notAfter > now }
        return try await place(.signIn) { sight, gaps in
            let reader = CertificateUserIDs(graph: try gateway.graphClient())
            let comparison = SignInComparison(now: now)
            var people = Tally()
            var unreadable: [String] = []
            let byPerson = Dictionary(grouping: meant, by: \.subscriberID).sorted { $0.key < $1.key }
            for start in stride(from: 0, to: byPerson.count, by: Self.batch) {
                let part = byPerson[start...].prefix(Self.batch)
                let values = try await signInValues(part.flatMap(\.value), fields, &unreadable)
                for (person, own) in part {
                    try Task.checkCancellation()
                    do {
                        guard let present = try await reader.values(of: person) else { continue }
                        people.noteRead()
                        let pairs = own.compactMap { one in values[one.id].map { (certificate: one, value: $0) } }
                        sight.findings += comparison.findings(pairs, values: present)
                    } catch let error as GraphError {
                        try people.note(unread: error.message)
                    }
                }
            }
            try people.end()
            gaps += Self.gap(people.unread, "person", people.reason, many: "people")
            gaps += Self.gap(unreadable.count, "certificate", unreadable.first)
        }
    }

    /// By which value each certificate is signed in with, by its number; one that cannot be read has none.
    private func signInValues(
        _ certificates: [LedgerCertificate], _ fields: [String: CertificateUserIDField], _ unreadable: inout [String]
    ) async throws -> [Int64: String] {
        var values: [Int64: String] = [:]
        for record in try await gateway.ledger.certificates(ids: certificates.map(\.id)) {
            do {
                values[record.id] = try fields[record.template]?.value(of: Certificate(der: record.der))
            } catch {
                unreadable.append("\(record.serialNumber): \(error)")
            }
        }
        return values
    }
}

extension DriftKind {
    /// What the planner is concerned about; nil for what is no difference, but a switch on its way.
    init?(_ concern: CertificateConcern) {
        switch concern {
        case .departed: self = .personLeft
        case .disabled: self = .personDisabled
        case .notEntitled: self = .personNotEntitled
        case .renamed: self = .personRenamed
        case .otherCA, .failedOver: return nil
        }
    }
}
