// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Records
import Store

/// What is learnt from a CA about certificates that it has revoked without being asked by the gateway.
extension OrderLedger {
    /// Puts revocations on record: the certificate is revoked, and with it ends the order that it is the certificate of, also one
    /// whose delivery is under way. What is known already, and what the ledger has no certificate for, changes nothing.
    ///
    /// - Returns: a sentence for each order that has ended.
    @discardableResult
    public func noteRevocations(_ revoked: [RevokedCertificate], backendCA: String) async throws -> [String] {
        let now = now()
        return try await database.write { connection in
            let table = OrderTable(connection: connection, now: now)
            var ended: [String] = []
            for entry in revoked {
                guard let certificate = try Self.certificate(entry, backendCA, on: connection, now) else { continue }
                if entry.reason == CompromisedKeyTable.reason {
                    try CompromisedKeyTable(connection: connection).note(
                        [certificate.id], since: now, by: AuditActor(backendCA, .ca),
                        because: "as the CA says since \(entry.at.ISO8601Format())",
                        said: certificate.status == .revoked ? [] : [certificate.id])
                }
                guard certificate.status != .revoked else { continue }
                let before = try table.locked(certificate.orderID)
                let sentence =
                    "certificate \(certificate.serialNumber) was revoked at the CA on \(entry.at.ISO8601Format()): \(entry.reason)"
                guard
                    let isItsEnd = try table.revoke(
                        certificate.id, of: before, sentence, ["reason": .string(entry.reason)])
                else { continue }
                try CertificateActionTable(connection: connection, now: now).noteRevoked(certificate.id, sentence)
                try AuditTrail.record(
                    AuditEntry(
                        .noticeRevocation, AuditObject(.certificate, certificate.serialNumber),
                        by: AuditActor(backendCA, .ca), person: before.userPrincipalName,
                        before: ["status": .string(certificate.status.rawValue)],
                        after: [
                            "status": .string(CertificateStatus.revoked.rawValue),
                            "revokedAt": .string(AuditRecord.moment(entry.at)), "reason": .string(entry.reason),
                        ], reason: sentence), on: connection)
                if isItsEnd { ended.append("order \(before.reference) of \(before.userPrincipalName): \(sentence)") }
            }
            return ended
        }
    }

    /// Puts on record that certificates are on hold at the CA, or no longer. They stay the certificates of their orders: who ends a
    /// hold has them back. What is known already changes nothing: a CA of our own is looked at by its folder, and by its list as any other.
    ///
    /// - Returns: a sentence for each.
    @discardableResult
    public func noteHolds(
        begun: [RevokedCertificate], ended: [RevokedCertificate], backendCA: String
    ) async throws -> [String] {
        let now = now()
        return try await database.write { connection in
            var learnt: [String] = []
            let table = OrderTable(connection: connection, now: now)
            for (entries, kind, action, words) in [
                (
                    begun, Self.holdEvent, AuditAction.noticeHold,
                    "is on hold at the CA: nobody accepts it until that ends"
                ),
                (ended, Self.holdEndedEvent, .noticeRelease, "is no longer on hold at the CA"),
            ] {
                for entry in entries {
                    guard let certificate = try Self.certificate(entry, backendCA, on: connection, now) else {
                        continue
                    }
                    guard certificate.status != .revoked else { continue }
                    let before = try table.locked(certificate.orderID)
                    let name = "certificate \(certificate.serialNumber) "
                    let message = name + words
                    let known = try connection.query(
                        "SELECT message FROM order_events WHERE order_id = ? AND kind IN (?, ?) ORDER BY sequence_number",
                        [.integer(before.id), .text(Self.holdEvent), .text(Self.holdEndedEvent)]
                    ) { try $0["message"] as String }.last { $0.hasPrefix(name) }
                    guard known != message else { continue }
                    var after = before
                    after.detail = message
                    try table.save(before, as: after, OrderChange(kind, message).events)
                    try AuditTrail.record(
                        AuditEntry(
                            action, AuditObject(.certificate, certificate.serialNumber),
                            by: AuditActor(backendCA, .ca), person: before.userPrincipalName,
                            after: ["at": .string(AuditRecord.moment(entry.at))], reason: message), on: connection)
                    learnt.append("order \(before.reference) of \(before.userPrincipalName): \(message)")
                }
            }
            return learnt
        }
    }

    private static let holdEvent = "onHold"
    private static let holdEndedEvent = "holdEnded"

    private static func certificate(
        _ entry: RevokedCertificate, _ backendCA: String, on connection: any SQLConnection, _ now: Date
    ) throws -> CertificateRecord? {
        try CertificateTable(connection: connection, now: now).all(
            "WHERE serial_number = ? AND backend_ca = ?", [.text(entry.serialNumber), .text(backendCA)]
        ).first { $0.issuer == entry.issuer }
    }
}

extension OrderTable {
    /// A certificate is revoked, whoever did it: the order that it is the certificate of ends, also one whose delivery is under way.
    ///
    /// - Parameters:
    ///   - order: as it is, locked.
    ///   - data: facts for programs.
    /// - Returns: whether the order has ended by it; nil, and nothing is changed, for one that was revoked already.
    func revoke(
        _ certificateID: Int64, of order: Order, _ sentence: String, _ data: JSONValue = [:]
    ) throws -> Bool? {
        let certificates = CertificateTable(connection: connection, now: now)
        guard try certificates.status(of: certificateID) != .revoked else { return nil }
        var change = OrderChange("revoked", sentence, data: data)
        let isItsEnd = order.certificateID == certificateID && !order.stage.isFinal
        if isItsEnd { change = change.stage(.revoked) }
        var after = order
        change.apply(to: &after)
        if isItsEnd { after.holdReason = nil }
        try save(order, as: after, change.events)
        // Also one that a newer certificate has replaced.
        try certificates.set(.revoked, of: certificateID)
        return isItsEnd
    }
}

extension CertificateActionTable {
    /// Somebody was faster than the gateway, or did what it could not do: what the CA publishes is looked at next.
    fileprivate func noteRevoked(_ certificateID: Int64, _ sentence: String) throws {
        let open = try locked(
            "certificate_id = ? AND kind = ? AND state IN (?, ?)",
            [
                .integer(certificateID), SQLValue(CertificateAction.Kind.revoke),
                SQLValue(CertificateAction.State.asked), SQLValue(CertificateAction.State.doing),
            ])
        for before in open {
            var after = before
            CertificateActionChange(nil, sentence).taken(at: now).nextAction(at: now).releaseLease().apply(to: &after)
            (after.updatedAt, after.fence) = (now, before.fence + 1)
            _ = try save(before, as: after)
        }
    }
}
