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

    /// Reads from Intune how certificates stand on devices, and keeps it; changes nothing at Intune.
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
        var known = tenant
        var reports: [DeliveryReport] = []
        for record in records {
            guard let expected = try await deliveryExpectation(of: record, intune, uploader) else {
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

    /// What ledger and configuration say of it; nil for a certificate that is not delivered to its subscriber through Intune.
    ///
    /// - Throws: `StoreError`.
    public func deliveryExpectation(
        of record: CertificateRecord, _ intune: IntuneConfiguration, _ uploader: IntunePFXUploader
    ) async throws -> DeliveryExpectation? {
        guard let order = try await ledger.order(record.orderID) else { return nil }
        let terms = try OrderTerms(json: order.request)
        // The key of a mailbox is with those who open it: `KeyHolding` has their state.
        guard terms.delivery == .intune, !terms.isForMailbox else { return nil }
        let person = try await mirror.people(named: record.subscriberID).first { $0.id == record.subscriberID }
        var expected = DeliveryExpectation(
            certificateID: record.id, subscriberID: record.subscriberID,
            userPrincipalName: person?.userPrincipalName ?? record.userPrincipalName,
            thumbprint: record.sha1Fingerprint.lowercased(), notBefore: record.notBefore, notAfter: record.notAfter,
            intendedPurpose: terms.intendedPurpose.rawValue, providerName: intune.providerName,
            keyName: intune.keyName, paddingScheme: intune.paddingScheme.rawValue)
        expected.connectorKey = uploader.connector
        // What others had delivered for the key of these connectors, when it was taken over, is looked after as if it was from here.
        let delivered = try await ledger.events(order.id).last {
            $0.kind == "delivered" || $0.kind == OrderLedger.adoptedEvent && $0.data["connectorKey"]?.string != nil
        }
        expected.deliveredAt = delivered?.at
        // What is kept on devices on purpose may have been delivered once more since.
        let again = try await KeyHoldingStore(ledger).holdings(ofCertificate: record.id).first {
            $0.isOwn && $0.isInIntune
        }
        expected.deliveredKey = again?.connector ?? delivered?.data["connectorKey"]?.string
        expected.deliveredEncryption = delivered?.data["encryption"]?.string
        if delivered == nil, order.isHeld || order.errorKind != nil {
            expected.obstacle = order.holdReason ?? order.detail
        }
        return expected
    }

    /// What is wrong between Intune and devices, as it was read last; one sentence for each fault.
    func lastMileSentences() async throws -> [String] {
        try await readings.faults().map { fault, count, example in
            let rule = LastMileRule.table.first { $0.fault == fault }
            return "last mile, \(fault.rawValue): \(Plural(count, "certificate")), such as that of \(example): "
                + "\(rule?.cause ?? ""); next: \(rule?.nextStep ?? "")"
        }
    }
}
