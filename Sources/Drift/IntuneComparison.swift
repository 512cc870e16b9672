// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Delivery
public import DeliveryProof
public import Foundation
public import KeyHoldings

/// What Intune holds, beside what the ledger says: every record once, every certificate that is delivered once.
///
/// Whether a record fits its certificate is the rule of the last mile (`LastMileRule`): there is no second one.
public struct IntuneComparison: Sendable {
    private let records: [UserPFXCertificate]
    private let certificates: [String: LedgerCertificate]
    private let expectations: [DeliveryExpectation]
    private let holdings: [Key: KeyHolding]
    private let deleted: Set<String>
    private let now: Date

    /// - Parameters:
    ///   - records: all that Intune holds for the connectors' key of this gateway, and what it holds of the certificates of the ledger.
    ///   - certificates: all of the ledger.
    ///   - expectations: of those in use that are delivered to their own person.
    ///   - holdings: who is, or was, to have which key.
    ///   - deleted: object ids of people who are deleted.
    public init(
        records: [UserPFXCertificate], certificates: [LedgerCertificate], expectations: [DeliveryExpectation],
        holdings: [KeyHolding], deleted: Set<String>, now: Date
    ) {
        self.records = records
        self.certificates = Dictionary(certificates.map { ($0.thumbprint, $0) }, uniquingKeysWith: { $1 })
        self.expectations = expectations
        self.holdings = Dictionary(
            holdings.map { (Key(certificate: $0.certificateID, person: Self.undashed($0.personID)), $0) },
            uniquingKeysWith: { $1 })
        (self.deleted, self.now) = (deleted, now)
    }

    private struct Key: Hashable {
        let certificate: Int64
        let person: String
    }

    /// How many records are missing of those that were delivered. Many at once say that the list is short, not that they are gone.
    public var missing: (count: Int, delivered: Int) {
        let gone: Set<DriftKind> = [.recordDeleted, .heldKeyMissing]
        let told = Set(expectations.filter { $0.deliveredAt != nil }.map(\.certificateID))
        let held = holdings.values.count {
            $0.isWanted && $0.isInIntune && !($0.isOwn && told.contains($0.certificateID))
        }
        return ((missingOrDifferent() + heldKeys()).count { gone.contains($0.kind) }, told.count + held)
    }

    public func findings() -> [DriftFinding] { missingOrDifferent() + heldKeys() + surplus() }

    /// Of each certificate in use, what the rule of the last mile says of its record.
    private func missingOrDifferent() -> [DriftFinding] {
        let byID = Dictionary(records.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let byName = Dictionary(grouping: records) { $0.userPrincipalName.lowercased() }
        return expectations.filter { $0.deliveredAt != nil }.flatMap { expected -> [DriftFinding] in
            guard let certificate = certificates[expected.thumbprint] else { return [] }
            let own = UserPFXCertificate.id(userID: expected.subscriberID, thumbprint: expected.thumbprint)
            let evidence = DeliveryEvidence(
                expected, readAt: now, record: byID[own],
                recordsOfPerson: byName[expected.userPrincipalName.lowercased()] ?? [])
            let faults = Set(LastMileRule.diagnose(evidence).map(\.fault))
            return DriftRule.intune.filter { $0.fault.map(faults.contains) ?? false }.map {
                DriftFinding($0.kind, of: certificate, subject: own, detail: "record \(own)")
            }
        }
    }

    /// Keys of mailboxes and earlier keys that were delivered, and are to be there still.
    private func heldKeys() -> [DriftFinding] {
        let there = Set(records.map(\.id))
        let told = Set(expectations.map(\.certificateID))
        return holdings.values.compactMap { holding in
            let id = UserPFXCertificate.id(userID: holding.personID, thumbprint: holding.thumbprint)
            guard holding.isWanted, holding.isInIntune, !there.contains(id),
                !(holding.isOwn && told.contains(holding.certificateID)),
                let certificate = certificates[holding.thumbprint]
            else { return nil }
            var finding = DriftFinding(.heldKeyMissing, of: certificate, subject: id, detail: "record \(id)")
            (finding.personID, finding.userPrincipalName) = (holding.personID, holding.userPrincipalName)
            return finding
        }
    }

    /// Of each record, whether somebody is to have it.
    private func surplus() -> [DriftFinding] {
        records.compactMap { record in
            let detail = "record \(record.id)"
            guard let certificate = certificates[record.thumbprint] else {
                // A record of the right id that names another certificate is told with the certificate.
                let named = certificates[String(record.id.drop { $0 != "-" }.dropFirst())]
                if let named, Self.person(record.id) == Self.undashed(named.subscriberID) { return nil }
                var finding = DriftFinding(.recordUnknown, subject: record.id, detail: detail)
                finding.userPrincipalName = record.userPrincipalName
                return finding
            }
            guard let kind = surplus(record, certificate) else { return nil }
            var finding = DriftFinding(kind, of: certificate, subject: record.id, detail: detail)
            if kind == .recordUnderAnother || kind == .recordOfFormerHolder {
                finding.userPrincipalName = record.userPrincipalName
            }
            return finding
        }
    }

    private func surplus(_ record: UserPFXCertificate, _ certificate: LedgerCertificate) -> DriftKind? {
        let person = Self.person(record.id)
        let isOwn = person == Self.undashed(certificate.subscriberID)
        let holding = holdings[Key(certificate: certificate.id, person: person)]
        if certificate.isCompromised, isOwn || holding != nil {
            // A withdrawal cannot be asked for twice: what is back is taken out.
            guard certificate.isWithdrawn else { return .recordOfCompromised }
            return certificate.isTakenOut ? .recordOfWithdrawn : nil
        }
        if let holding, holding.isWanted { return nil }
        guard isOwn else { return holding == nil ? .recordUnderAnother : .recordOfFormerHolder }
        // What is asked for is under way.
        if certificate.isWithdrawn { return certificate.isTakenOut ? .recordOfWithdrawn : nil }
        if deleted.contains(certificate.subscriberID) { return .recordOfDeletedPerson }
        return holding == nil ? nil : .recordKeptTooLong
    }

    private static func undashed(_ id: String) -> String { id.lowercased().replacing("-", with: "") }

    /// Object id without dashes, as it begins the id of a record.
    private static func person(_ id: String) -> String { String(id.prefix { $0 != "-" }) }
}
