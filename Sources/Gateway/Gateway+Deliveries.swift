// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
public import DeliveryProof
import Foundation
import KeyHoldings
public import Ledger
public import MicrosoftGraph
import Planning
import Settings

extension Gateway {
    /// What was read last of each certificate.
    public var readings: ReadingStore { ReadingStore(database: database) }

    /// Reads from Intune how certificates stand on devices, and keeps it; changes nothing at Intune. One of which the ledger says nothing
    /// that can be understood is kept as such, and the others are read.
    ///
    /// - Parameter tenant: what is the same for everybody, where it was read already.
    /// - Returns: what was read; fewer than records where some go to their people by another way, and where Graph asks to slow down.
    /// - Throws: `SettingsError` without a tenant or section `intune`. What cannot be read is unknown in the report.
    public func readDeliveries(
        of records: [CertificateRecord], _ graph: GraphClient, _ tenant: DeliveryReader.Tenant? = nil
    ) async throws -> [DeliveryReport] {
        guard let intune = configuration.intune, let uploader = try uploader(graph) else {
            throw SettingsError("nothing is delivered through Intune: section 'intune' is not configured", at: .state)
        }
        let reader = DeliveryReader(graph: graph, uploader: uploader)
        let expectations = try await deliveryExpectations(of: records, intune, uploader)
        var known = tenant
        var reports: [DeliveryReport] = []
        for record in records {
            if let reason = expectations.unreadable[record.id] {
                try await readings.keepUnreadable(record.id, because: reason, at: ledger.clock.now())
                continue
            }
            guard let expected = expectations.expected[record.id] else {
                try await readings.passOver(record.id, at: ledger.clock.now())
                continue
            }
            if known == nil { known = try await reader.tenant() }
            guard let known else { break }
            let report = DeliveryReport(try await reader.evidence(expected, known, at: ledger.clock.now()))
            try await readings.keep(report)
            reports.append(report)
            if tenant != nil, report.faults.contains(where: { $0.fault == .throttled }) { break }
        }
        return reports
    }

    /// What ledger and configuration say of some certificates.
    public struct DeliveryExpectations: Sendable {
        /// By number; those that are not delivered to their subscriber through Intune are absent.
        public var expected: [Int64: DeliveryExpectation] = [:]
        /// Why it cannot be said of one, by number.
        public var unreadable: [Int64: String] = [:]
    }

    /// What ledger and configuration say of certificates. Costs a handful of questions for each `SQLValueList.longest` of them.
    ///
    /// - Throws: `StoreError`. What is said of one and cannot be understood is among the unreadable.
    public func deliveryExpectations(
        of records: [CertificateRecord], _ intune: IntuneConfiguration, _ uploader: IntunePFXUploader
    ) async throws -> DeliveryExpectations {
        var found = DeliveryExpectations()
        let orders = try await ledger.orders(ids: records.map(\.orderID))
        var meant: [(record: CertificateRecord, order: Order, terms: OrderTerms)] = []
        for record in records {
            guard let order = orders[record.orderID] else { continue }
            do {
                let terms = try OrderTerms(json: order.request)
                // The key of a mailbox is with those who open it: `KeyHolding` has their state.
                if terms.delivery == .intune, !terms.isForMailbox { meant.append((record, order, terms)) }
            } catch {
                found.unreadable[record.id] = "the order \(order.reference) cannot be read: \(error)"
            }
        }
        guard !meant.isEmpty else { return found }
        // What others had delivered for the key of these connectors, when it was taken over, is looked after as if it was from here.
        let deliveries = try await ledger.lastEvents(
            of: ["delivered", OrderLedger.adoptedEvent], orderIDs: meant.map(\.order.id)
        ) { $0.kind == "delivered" || $0.data["connectorKey"]?.string != nil }
        // What is kept on devices on purpose may have been delivered once more since.
        let again = Dictionary(
            try await KeyHoldingStore(ledger).holdings(ofCertificates: meant.map(\.record.id)).filter {
                $0.isOwn && $0.isInIntune
            }.map { ($0.certificateID, $0.connector) }, uniquingKeysWith: { first, _ in first })
        let people = try await mirror.people(ids: meant.map(\.record.subscriberID))
        for (record, order, terms) in meant {
            var expected = DeliveryExpectation(
                certificateID: record.id, subscriberID: record.subscriberID,
                userPrincipalName: people[record.subscriberID.lowercased()]?.userPrincipalName
                    ?? record.userPrincipalName,
                thumbprint: record.sha1Fingerprint.lowercased(), notBefore: record.notBefore,
                notAfter: record.notAfter, intendedPurpose: terms.intendedPurpose.rawValue,
                providerName: intune.providerName, keyName: intune.keyName,
                paddingScheme: intune.paddingScheme.rawValue)
            (expected.serialNumber, expected.reference) = (record.serialNumber, order.reference)
            expected.isSuperseded = record.status == .superseded
            expected.connectorKey = uploader.connector
            let delivered = deliveries[order.id]
            expected.deliveredAt = delivered?.at
            expected.deliveredKey = (again[record.id] ?? nil) ?? delivered?.data["connectorKey"]?.string
            expected.deliveredEncryption = delivered?.data["encryption"]?.string
            if delivered == nil, order.isHeld || order.errorKind != nil {
                expected.obstacle = order.holdReason ?? order.detail
            }
            found.expected[record.id] = expected
        }
        return found
    }

    /// What is wrong between Intune and devices, as it was read last; one sentence for each fault.
    func lastMileSentences() async throws -> [String] {
        try await lastMileTroubles().map { "last mile, \($0.rule.fault.rawValue): \($0.sentence)" }
    }

    /// What is wrong between Intune and devices, as it was read last: one for each fault.
    ///
    /// - Throws: `StoreError`.
    public func lastMileTroubles() async throws -> [LastMileTrouble] {
        let faults = try await readings.faults()
        let records = try await ledger.certificates(ids: faults.map(\.example))
        let orders = try await ledger.orders(ids: records.map(\.orderID))
        return faults.compactMap { fault, count, example in
            guard let rule = LastMileRule.table.first(where: { $0.fault == fault }),
                let record = records.first(where: { $0.id == example })
            else { return nil }
            return LastMileTrouble(
                rule: rule, count: count, example: record, reference: orders[record.orderID]?.reference ?? "")
        }
    }
}
