// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import DeliveryProof
import Drift
import Foundation
import Gateway
import KeyHoldings
import Ledger
import MicrosoftGraph
import PKIX
import Records
import Settings
import Store

/// Mends differences, each by the use case that there is for it.
struct DriftMender {
    /// Why, as it stands in the records of what is asked for.
    static let cause = "found by the drift report"

    let gateway: Gateway
    let caller: Caller
    let sight: DriftReader.Sight
    let isDryRun: Bool

    var entrance: Entrance { Entrance(caller, gateway.ledger.audit) }
    private var actions: CertificateActions {
        CertificateActions(gateway.ledger, gateway.mirror, caller: caller)
    }

    /// What became of the differences, and what could not be looked at meanwhile.
    struct Mended {
        var outcomes: [DriftOutcome] = []
        var problems: [String] = []
    }

    /// - Throws: `StoreError`, `CancellationError`; what else stands against one is its outcome.
    func mend(_ findings: [DriftFinding]) async throws -> Mended {
        var (outcomes, problems): ([DriftOutcome], [String]) = ([], [])
        // Some repairs are one for all of a place.
        for (place, group) in Dictionary(grouping: findings.filter { $0.repair == .adopt }, by: \.place).sorted(
            by: { $0.key < $1.key })
        {
            outcomes += try await each(group) { try await adopt($0, at: place, &problems) }
        }
        for (place, group) in Dictionary(grouping: findings.filter { $0.repair == .publish }, by: \.place).sorted(
            by: { $0.key < $1.key })
        {
            outcomes += try await together(group, "\(place) is looked at, and put right") {
                if !isDryRun { _ = try await PublicationAdministration(gateway, caller: caller).repair(place) }
            }
        }
        outcomes += try await together(
            findings.filter { $0.repair == .plan },
            "the directory is read, and the plan that follows does it, within its limits"
        ) { _ = try await JobAdministration(gateway, caller: caller).run(.directory, isDryRun: isDryRun) }
        let ways = try await deliveries(of: findings)
        let bounds = bounds(on: findings, ways)
        var mended: Set<String> = []
        for finding in findings {
            try Task.checkCancellation()
            if let id = finding.certificateID, [.withdraw, .deliverAgain].contains(finding.repair) {
                if let bound = bounds[id] {
                    outcomes.append(DriftOutcome(finding, .left, bound))
                    continue
                }
                // One certificate of one person may differ in several ways; it is mended once.
                guard mended.insert("\(id) \(finding.personID ?? "")").inserted else {
                    outcomes.append(
                        DriftOutcome(finding, isDryRun ? .would : .asked, "mended with what else differs of it"))
                    continue
                }
            }
            switch finding.repair {
            case .adopt, .publish, .plan: break
            case .person: outcomes.append(DriftOutcome(finding, .left, finding.remedy))
            case .wait: outcomes.append(DriftOutcome(finding, .waits, finding.remedy))
            case .record: outcomes += try await each([finding], record)
            case .withdraw: outcomes += try await each([finding], withdraw)
            case .takeOut: outcomes += try await each([finding], takeOut)
            case .deliverAgain:
                outcomes += try await each([finding]) { (one: DriftFinding) in
                    try await deliverAgain(one, ways[one.id])
                }
            case .signIn: outcomes += try await each([finding], signIn)
            }
        }
        return Mended(outcomes: outcomes, problems: problems)
    }

    /// Why certificates are not withdrawn or replaced: there are more than may be without a person's consent, of all or of their template.
    /// By number of the certificate.
    private func bounds(on findings: [DriftFinding], _ ways: [String: Delivery]) -> [Int64: String] {
        let (limits, wanted) = (gateway.configuration.limits, findings.filter { $0.certificateID != nil })
        func numbers(_ condition: (DriftFinding) -> Bool) -> Set<Int64> {
            Set(wanted.filter(condition).compactMap(\.certificateID))
        }
        let ordered = numbers { ways[$0.id] == .order }
        let ending = ordered.union(numbers { $0.repair == .withdraw })
        var bounds: [Int64: String] = [:]
        func bound(_ some: Set<Int64>, _ most: Int?, _ sentence: (Int, Int) -> String) {
            guard let most, some.count > most else { return }
            for id in some { bounds[id] = sentence(some.count, most) }
        }
        for (template, own) in Dictionary(grouping: wanted, by: { $0.template ?? "" }) {
            let most = gateway.configuration.template(template)?.limits.endingsPerRun
            bound(ending.intersection(own.compactMap(\.certificateID)), most) { count, most in
                "\(count) certificates would be withdrawn or replaced, more than limits.endingsPerRun of template \(template) "
                    + "(\(most)): name some of them"
            }
        }
        bound(ordered, limits.ordersPerRun) { count, most in
            "\(count) certificates would be ordered anew, more than limits.ordersPerRun (\(most)): name some of them"
        }
        bound(ending, limits.endingsPerRun) { count, most in
            "\(count) certificates would be withdrawn or replaced, more than limits.endingsPerRun (\(most)): name some of them"
        }
        return bounds
    }

    /// What is thrown for one is its outcome, and the others go on.
    private func each(
        _ findings: [DriftFinding], _ body: ([DriftFinding]) async throws -> [DriftOutcome]
    ) async throws -> [DriftOutcome] {
        guard !findings.isEmpty else { return [] }
        do {
            return try await body(findings)
        } catch let error as CancellationError {
            throw error
        } catch let error as StoreError {
            throw error
        } catch {
            // Also who has no right to one: the refusal is on record.
            return findings.map { DriftOutcome($0, .left, (error as? GraphError)?.message ?? "\(error)") }
        }
    }

    private func each(
        _ findings: [DriftFinding], _ body: (DriftFinding) async throws -> DriftOutcome
    ) async throws -> [DriftOutcome] {
        try await each(findings) { (all: [DriftFinding]) in
            var outcomes: [DriftOutcome] = []
            for one in all { outcomes.append(try await body(one)) }
            return outcomes
        }
    }

    /// One deed for all of them.
    private func together(
        _ findings: [DriftFinding], _ sentence: String, _ body: () async throws -> Void
    ) async throws -> [DriftOutcome] {
        try await each(findings) { (all: [DriftFinding]) in
            try await body()
            return all.map { DriftOutcome($0, isDryRun ? .would : .asked, sentence) }
        }
    }

    // What mends one.

    /// Only those that were found, of all that the CA has, and those alone about which everything is known: about the others somebody
    /// decides who has been shown what is not.
    private func adopt(
        _ findings: [DriftFinding], at place: String, _ problems: inout [String]
    ) async throws -> [DriftOutcome] {
        let administration = AdoptAdministration(gateway, caller: caller)
        var wish = AdoptAdministration.Wish()
        wish.backendCAs = [place]
        let meant = Dictionary(findings.map { ($0.subject, $0) }, uniquingKeysWith: { first, _ in first })
        var report = try await administration.look(wish)
        problems += report.problems.filter { !problems.contains($0) }
        var doubtful: [DriftOutcome] = []
        report.adoptions = report.adoptions.filter { adoption in
            guard let finding = meant[adoption.found.certificate.sha256Fingerprint] else { return false }
            guard adoption.outcome != .leave, let doubt = report.doubt(about: adoption) else { return true }
            doubtful.append(
                DriftOutcome(
                    finding, .left,
                    "\(doubt); decide about it with 'certway adopt --backend-ca \(place) --dry-run'"))
            return false
        }
        if !isDryRun { report = try await administration.adopt(report) }
        let told = report.adoptions.compactMap { adoption -> DriftOutcome? in
            guard let finding = meant[adoption.found.certificate.sha256Fingerprint] else { return nil }
            let person = adoption.userPrincipalName ?? adoption.emails.first ?? ""
            return adoption.outcome == .leave
                ? DriftOutcome(finding, .left, adoption.reason)
                : DriftOutcome(
                    finding, isDryRun ? .would : .mended,
                    "taken over for \(person)" + (adoption.reference.map { " as \($0)" } ?? ""))
        }
        let named = Set((told + doubtful).map(\.finding.subject))
        return told + doubtful
            + findings.filter { !named.contains($0.subject) }.map {
                DriftOutcome($0, .left, "the CA's list does not have it any more")
            }
    }

    private func record(_ finding: DriftFinding) async throws -> DriftOutcome {
        let (certificate, revoked) = try await (certificate(finding), sight.revoked[finding.certificateID ?? 0])
        guard let revoked else { throw Obstacle("its CA does not show it as revoked any more") }
        guard revoked.reason != RevocationReason.certificateHold.name else {
            throw Obstacle("it is on hold, which is no revocation")
        }
        let wish = Entrance.Wish(
            .noticeRevocation, AuditObject(.certificate, certificate.serialNumber),
            person: certificate.userPrincipalName, because: Self.cause)
        return try await entrance.pass(.revoke, to: wish, isDryRun ? .byTheUseCase : .all) {
            // Its person has none from then on, and what a CA revokes by itself is not bought anew by itself.
            let order = try await gateway.ledger.order(certificate.orderID)?.reference ?? "ORDER"
            let sentence =
                "put on record as revoked by its CA; nothing follows by itself: "
                + "'certway order again \(order)' orders another one"
            guard !isDryRun else { return DriftOutcome(finding, .would, sentence) }
            _ = try await gateway.ledger.noteRevocations([revoked], backendCA: certificate.backendCA)
            return DriftOutcome(finding, .mended, sentence)
        }
    }

    private func withdraw(_ finding: DriftFinding) async throws -> DriftOutcome {
        let certificate = try await certificate(finding)
        _ = try await actions.withdraw(one: certificate, cause: Self.cause, isDryRun: isDryRun)
        return DriftOutcome(finding, isDryRun ? .would : .asked, "withdrawn from Intune by the next pass")
    }

    /// A record that is nobody's to have; what the ledger says of the certificate stays.
    private func takeOut(_ finding: DriftFinding) async throws -> DriftOutcome {
        let certificate = try await certificate(finding)
        let object = AuditObject(.certificate, certificate.serialNumber)
        let wish = Entrance.Wish(.withdrawCertificate, object, person: finding.userPrincipalName, because: Self.cause)
        return try await entrance.pass(.revoke, to: wish, isDryRun ? .byTheUseCase : .all) {
            try await requireSurplus(finding, certificate)
            guard !isDryRun else { return DriftOutcome(finding, .would, "record \(finding.subject) is taken out") }
            let graph = try gateway.graphClient()
            guard let uploader = try gateway.uploader(graph) else {
                throw Obstacle("section 'intune' is not configured")
            }
            // On record before it leaves.
            try await gateway.ledger.audit.record(
                AuditEntry(
                    .withdrawCertificate, object, by: AuditActor(named: caller.name),
                    person: finding.userPrincipalName,
                    after: ["record": .string(finding.subject), "kind": .string(finding.kind.rawValue)],
                    reason: Self.cause))
            try await uploader.takeOut(stray: finding.subject)
            return DriftOutcome(finding, .mended, "record \(finding.subject) was taken out")
        }
    }

    /// Reads the ledger once more: since it was compared, somebody may have got the key, and a withdrawal may have been taken back.
    private func requireSurplus(_ finding: DriftFinding, _ certificate: CertificateRecord) async throws {
        func undashed(_ id: String) -> String { id.lowercased().replacing("-", with: "") }
        let person = String(finding.subject.lowercased().prefix { $0 != "-" })
        let holding = try await KeyHoldingStore(gateway.ledger).holdings(ofCertificate: certificate.id).first {
            undashed($0.personID) == person
        }
        let standing = try await gateway.ledger.standingActions(certificateIDs: [certificate.id])[certificate.id] ?? []
        let isTakenOut = standing.contains { $0.kind == .withdraw && $0.state == .done }
        let isCompromised = try await !gateway.ledger.compromised(among: [certificate.id]).isEmpty
        let isToHave = holding.map { $0.isWanted && !(isTakenOut && isCompromised) } ?? false
        let isOwn = undashed(certificate.subscriberID) == person
        guard !isToHave, isTakenOut || !isOwn || (finding.kind == .recordKeptTooLong && holding != nil) else {
            throw Obstacle("its person is to have it by now")
        }
    }

    /// Asks Intune for this very record: a list may lack what is there, and a person may have mended it since.
    private func requireFault(
        _ finding: DriftFinding, _ certificate: CertificateRecord, of person: String
    ) async throws {
        guard let settings = gateway.configuration.intune,
            let uploader = try gateway.uploader(try gateway.graphClient())
        else { throw Obstacle("section 'intune' is not configured") }
        let record = try await uploader.certificate(
            userID: person, thumbprint: certificate.sha1Fingerprint.lowercased())
        var isStill = record == nil
        if let fault = finding.rule.fault {
            let expected = try await gateway.deliveryExpectations(of: [certificate], settings, uploader)
            if let reason = expected.unreadable[certificate.id] { throw Obstacle(reason) }
            isStill =
                expected.expected[certificate.id].map {
                    LastMileRule.diagnose(
                        DeliveryEvidence($0, readAt: gateway.ledger.clock.now(), record: record, recordsOfPerson: [])
                    ).contains { $0.fault == fault }
                } ?? false
        }
        guard isStill else { throw Obstacle("Intune says something else of it by now") }
    }

    /// How a certificate comes to its person again.
    private enum Delivery: Equatable {
        /// Its key is at hand.
        case redeliver
        /// Another certificate takes its place.
        case order
        case impossible
    }

    /// How each is delivered again, by the id of its finding: decided once, so that what was counted is what is done. A handful of
    /// questions for all of them.
    private func deliveries(of findings: [DriftFinding]) async throws -> [String: Delivery] {
        let wanted = findings.filter { $0.repair == .deliverAgain }
        let records = try await gateway.ledger.certificates(ids: wanted.compactMap(\.certificateID))
        let byID = Dictionary(records.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let holdings = try await KeyHoldingStore(gateway.ledger).holdings(ofCertificates: records.map(\.id))
        let held = Set(holdings.filter(\.isWanted).map { "\($0.certificateID) \($0.personID.lowercased())" })
        let keyed = try await gateway.ledger.ordersWithKey(among: records.map(\.orderID))
        var ways: [String: Delivery] = [:]
        for finding in wanted {
            guard let id = finding.certificateID, let record = byID[id] else { continue }
            let person = (finding.personID ?? record.subscriberID).lowercased()
            if held.contains("\(id) \(person)"), keyed.contains(record.orderID) {
                ways[finding.id] = .redeliver
            } else {
                let isOwn = person == record.subscriberID.lowercased()
                ways[finding.id] = isOwn && record.status == .active ? .order : .impossible
            }
        }
        return ways
    }

    /// By its key where that is at hand; else another certificate takes its place: nothing is withdrawn,
    /// and the one before stays until the other one is delivered.
    private func deliverAgain(_ finding: DriftFinding, _ way: Delivery?) async throws -> DriftOutcome {
        let certificate = try await certificate(finding)
        let person = finding.personID ?? certificate.subscriberID
        try await requireFault(finding, certificate, of: person)
        switch way {
        case .redeliver:
            _ = try await KeyHistoryAdministration(gateway.store, caller: caller).redeliver(
                person, only: [certificate.id], isDryRun: isDryRun)
            return DriftOutcome(finding, isDryRun ? .would : .asked, "delivered again by the next pass")
        case .order: return try await orderAnother(finding, certificate)
        case .impossible, nil:
            throw Obstacle(
                "its key is not at hand any more",
                instead: try await archived(certificate) ?? "it was not archived; devices that have it go on")
        }
    }

    private func orderAnother(_ finding: DriftFinding, _ certificate: CertificateRecord) async throws -> DriftOutcome {
        let price = gateway.configuration.template(certificate.template)?.price.map { " for \($0.text)" } ?? ""
        let gone = try await archived(certificate).map { "its own key does not come back by that: \($0)" }
        let sentence =
            "another one is ordered in its place\(price), and it stays until that is delivered; "
            + (gone ?? "its own key does not come back")
        guard !isDryRun else {
            let wish = Entrance.Wish(
                .replaceOrder, AuditObject(.certificate, certificate.serialNumber),
                person: certificate.userPrincipalName, because: Self.cause)
            return try await entrance.pass(.replace, to: wish) {
                try gateway.requireOrdering(by: certificate.template)
                return DriftOutcome(finding, .would, sentence)
            }
        }
        let order = try await OrderAdministration(gateway.ledger, caller: caller).replace(
            certificate, gateway, because: Self.cause)
        // It stays among the keys that the person is to have, as one that is missing.
        try await KeyHoldingStore(gateway.ledger).lookAgain(
            certificateID: certificate.id, personID: finding.personID ?? certificate.subscriberID)
        return DriftOutcome(finding, .asked, "\(order.reference): \(sentence)")
    }

    /// How its key comes out of the archive; nil for one that is not there.
    private func archived(_ certificate: CertificateRecord) async throws -> String? {
        guard try await gateway.ledger.archivedKey(certificateID: certificate.id) != nil else { return nil }
        return gateway.configuration.recovery.advice(for: certificate.serialNumber)
    }

    private func signIn(_ finding: DriftFinding) async throws -> DriftOutcome {
        let certificate = try await certificate(finding)
        let isMissing = finding.kind == .signInValueMissing
        let sentence = isMissing ? "the value is added" : "the value is taken out"
        let object = AuditObject(.certificate, certificate.serialNumber)
        let wish = Entrance.Wish(.redeliverKeys, object, person: certificate.userPrincipalName, because: Self.cause)
        return try await entrance.pass(.redeliver, to: wish, isDryRun ? .byTheUseCase : .all) {
            guard !isDryRun else { return DriftOutcome(finding, .would, sentence) }
            let writer = CertificateUserIDs(graph: try gateway.graphClient())
            try await gateway.ledger.audit.record(
                AuditEntry(
                    .redeliverKeys, object, by: AuditActor(named: caller.name), person: certificate.userPrincipalName,
                    after: ["value": .string(finding.detail), "present": .bool(isMissing)], reason: Self.cause))
            guard isMissing else {
                try await writer.remove(finding.detail, from: certificate.subscriberID)
                return DriftOutcome(finding, .mended, sentence)
            }
            switch try await writer.add(finding.detail, to: certificate.subscriberID) {
            case .stands: return DriftOutcome(finding, .mended, sentence)
            case .comesFromOnPremises:
                throw Obstacle("the account is synchronised", instead: "write the value where it comes from")
            }
        }
    }

    private func certificate(_ finding: DriftFinding) async throws -> CertificateRecord {
        guard let id = finding.certificateID, let record = try await gateway.ledger.certificate(id) else {
            throw Obstacle("the ledger has no such certificate")
        }
        return record
    }
}
