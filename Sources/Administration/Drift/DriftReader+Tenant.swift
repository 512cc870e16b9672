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
        try await place(.intune) { sight, _ in
            let graph = try gateway.graphClient()
            guard let settings = gateway.configuration.intune, let uploader = try gateway.uploader(graph) else {
                throw NotComparable(reason: "nothing is delivered through Intune: section 'intune' is not configured")
            }
            var expectations: [DeliveryExpectation] = []
            let now = now
            let inUse = certificates.filter { $0.isInUse(at: now) }
            for start in stride(from: 0, to: inUse.count, by: Self.batch) {
                for record in try await gateway.ledger.certificates(ids: inUse[start...].prefix(Self.batch).map(\.id)) {
                    if let expected = try await gateway.deliveryExpectation(of: record, settings, uploader) {
                        expectations.append(expected)
                    }
                }
            }
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
        var holdings: [KeyHolding] = []
        for certificate in certificates { holdings += try await store.holdings(ofCertificate: certificate.id) }
        return holdings
    }

    /// People, groups and mailboxes, by the verdict of the plan: there is no second one.
    func directory(_ certificates: [LedgerCertificate]) async throws -> Sight {
        try await place(.directory) { sight, gaps in
            let graph = try gateway.graphClient()
            let report = try await gateway.pass(graph).plan(advancing: false)
            gaps += report.problems
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
            + "'certway certificate revoke SERIAL --because TEXT' ends it"
    }

    private func mailboxes(_ certificates: [LedgerCertificate], _ sight: inout Sight) async throws {
        let mailboxes = try await gateway.mirror.mailboxes().filter(\.isPresent)
        for mailbox in mailboxes {
            guard let problem = mailbox.problem else { continue }
            var finding = DriftFinding(.mailboxUnread, subject: mailbox.id, detail: problem)
            (finding.personID, finding.userPrincipalName) = (mailbox.id, mailbox.address)
            sight.findings.append(finding)
        }
        let exposed = try await KeyHoldingStore(gateway.ledger).exposed(mailboxes.map(\.id))
        let now = now
        for certificate in certificates where certificate.isInUse(at: now) {
            guard let people = exposed[certificate.subscriberID]?[certificate.id] else { continue }
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
            var (read, unread, reason): (Int, Int, String?) = (0, 0, nil)
            for (person, own) in Dictionary(grouping: meant, by: \.subscriberID).sorted(by: { $0.key < $1.key }) {
                try Task.checkCancellation()
                let byID = Dictionary(own.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
                let pairs = try await gateway.ledger.certificates(ids: own.map(\.id)).compactMap {
                    record -> (certificate: LedgerCertificate, value: String)? in
                    guard let certificate = byID[record.id],
                        let value = try fields[record.template]?.value(of: Certificate(der: record.der))
                    else { return nil }
                    return (certificate, value)
                }
                do {
                    guard let values = try await reader.values(of: person) else { continue }
                    read += 1
                    sight.findings += comparison.findings(pairs, values: values)
                } catch let error as GraphError {
                    unread += 1
                    reason = reason ?? error.message
                    if read == 0, unread >= Self.width { throw error }
                }
            }
            if read == 0, unread > 0 { throw SettingsError(reason ?? "nobody could be read") }
            gaps += Self.gap(unread, "person", reason)
        }
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
