// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import DeliveryProof
import Foundation
public import Gateway
public import JSONDocuments
public import Ledger
import Records
import Settings

/// What is known of the way of certificates to their devices: looks, and asks Intune; changes nothing but what is remembered of it.
public struct DeliveryAdministration: Sendable {
    /// Certificates that one question reads at most.
    public static let most = 50

    private let gateway: Gateway
    private let caller: Caller

    public init(_ gateway: Gateway, _ caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// A certificate with the last reading.
    public struct Line: Sendable {
        public let certificate: CertificateRecord
        /// nil where Intune was never asked.
        public let reading: JSONValue?

        /// Whether something keeps it from being usable.
        public var isFaulty: Bool { DeliveryText.isFaulty(reading) }

        /// As programs see it.
        public var json: JSONValue {
            [
                "number": JSONValue(Int(certificate.id)), "serialNumber": .string(certificate.serialNumber),
                "userPrincipalName": .string(certificate.userPrincipalName), "template": .string(certificate.template),
                "status": .string(certificate.status.rawValue),
                "notAfter": .string(certificate.notAfter.ISO8601Format()), "reading": reading ?? .null,
            ]
        }
    }

    /// The certificates that a word means, with their last readings.
    ///
    /// - Parameter word: a person as `PersonAdministration.find` takes it, or a certificate by serial number or fingerprint.
    /// - Throws: `LedgerError.notPossible` for a word that means nothing, or too many; `AccessDenied`.
    public func show(_ word: String) async throws -> [Line] {
        try await Entrance(caller, gateway.ledger.audit).require(.readCertificates)
        return try await lines(of: try await certificates(word))
    }

    /// Reads from Intune, keeps it, and gives it. Only looks.
    ///
    /// - Throws: as `show`, and `SettingsError` without a tenant or section `intune`. What cannot be read is unknown in the reading.
    public func check(_ word: String) async throws -> [Line] {
        try await Entrance(caller, gateway.ledger.audit).require(.redeliver)
        let records = try await certificates(word)
        _ = try await gateway.readDeliveries(of: records, try gateway.graphClient())
        return try await lines(of: records)
    }

    /// The same for one certificate.
    public func check(_ record: CertificateRecord) async throws -> Line {
        try await Entrance(caller, gateway.ledger.audit).require(.redeliver)
        _ = try await gateway.readDeliveries(of: [record], try gateway.graphClient())
        return try await lines(of: [record])[0]
    }

    /// How one certificate stood when it was last read; nil for never.
    public func reading(of record: CertificateRecord) async throws -> JSONValue? {
        try await gateway.readings.reading(record.id)
    }

    private func lines(of records: [CertificateRecord]) async throws -> [Line] {
        let store = gateway.readings
        var lines: [Line] = []
        for record in records { lines.append(Line(certificate: record, reading: try await store.reading(record.id))) }
        return lines
    }

    private func certificates(_ word: String) async throws -> [CertificateRecord] {
        if !word.contains("@"), let record = try? await CertificateAdministration(gateway.ledger).certificate(word) {
            return [record]
        }
        let found = try await PersonAdministration(gateway.store).find(word)
        guard let person = found.person else {
            throw LedgerError.notPossible(
                found.total == 0
                    ? "\(word) is neither a person nor a certificate: see 'certway certificate list'"
                    : "\(word) may mean \(found.total) people: see 'certway why \(word)'")
        }
        var filter = CertificateFilter(subscriberID: person.id, limit: Self.most)
        filter.statuses = [.active, .superseded]
        return try await gateway.ledger.certificates(filter)
    }
}
