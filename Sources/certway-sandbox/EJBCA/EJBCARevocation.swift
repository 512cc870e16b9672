// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// Revoking, holding and releasing, and asking for it (wire/soap.md section 5).
struct EJBCARevocation: Sendable {
    private static let reasons: Set<Int> = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10]
    private static let release = -1

    let server: CAServer

    private var book: OrderBook { server.book }

    func revoke(_ content: SOAPRecord) throws {
        try checkIssuer(content.text("arg0"))
        let serial = try serial(content.text("arg1"))
        let reason = content.int("arg2") ?? 0
        var date: Date?
        if let text = content.text("arg3") {
            guard let given = Timestamp.read(text) else {
                throw EJBCAFault.general("INVALID_DATE", "'\(text)' is not a date of ISO 8601")
            }
            guard given <= server.surroundings.clock.now else {
                throw EJBCAFault.general("INVALID_DATE", "Revocation date in the future: '\(text)'.")
            }
            date = given
        }
        guard reason == Self.release || Self.reasons.contains(reason) else {
            throw EJBCAFault.general("FIELD_VALUE_NOT_VALID", "Revocation reason \(reason) is not valid.")
        }
        guard let order = book.order(serial: serial), order.certificate != nil else {
            throw EJBCAFault.notFound("Certificate with serial number \(serial.hex.lowercased()) was not found.")
        }
        do {
            // 8, removeFromCRL, ends a hold as well.
            if reason == Self.release || reason == 8 {
                _ = try book.release(serial)
            } else {
                _ = try book.revoke(serial, reason: reason, date: date)
            }
        } catch OrderProblem.unknown {
            throw EJBCAFault.notFound("Certificate with serial number \(serial.hex.lowercased()) was not found.")
        } catch {
            throw EJBCAFault.alreadyRevoked(
                "Certificate with serial number \(serial.hex.lowercased()) was already "
                    + (order.revocation == nil ? "active" : "revoked") + ".")
        }
    }

    func status(_ content: SOAPRecord) throws -> SOAPRecord {
        try checkIssuer(content.text("arg0"))
        let serial = try serial(content.text("arg1"))
        guard let order = book.order(serial: serial), order.certificate != nil else { return SOAPRecord() }
        let status = SOAPRecord().adding("certificateSN", serial.hex.lowercased())
            .adding("issuerDN", EJBCANames.text(server.authority.issuing.subject))
            .adding("reason", order.revocation?.reason ?? -1).adding("revocationDate", order.revocation?.date)
        return SOAPRecord().adding("return", .record(status))
    }

    /// All certificates of a user, and the user too if that is wanted.
    func revokeUser(_ content: SOAPRecord, _ users: EJBCAUsers, _ issuing: EJBCAIssuing) throws {
        let name = content.text("arg0") ?? ""
        guard users[name] != nil else { throw EJBCAFault.notFound("Could not find username \(name).") }
        let valid = issuing.orders(of: name, onlyValid: true)
        guard !valid.isEmpty || content.flag("arg2") == true else {
            throw EJBCAFault.alreadyRevoked("User \(name) is already revoked.")
        }
        for order in valid { _ = try book.revoke(order.serialNumber, reason: content.int("arg1") ?? 0) }
        if content.flag("arg2") == true { users.remove(name) } else { users.setStatus(50, of: name) }
    }

    private func checkIssuer(_ text: String?) throws {
        let issuers = [server.authority.issuing] + book.truth.suffix(1).compactMap(\.chain.first)
        guard let text, issuers.contains(where: { EJBCANames.isSame(text, $0.subject) }) else {
            throw EJBCAFault.noCA(text ?? "")
        }
    }

    private func serial(_ text: String?) throws -> SerialNumber {
        guard let text, !text.lowercased().hasPrefix("0x"), let serial = SerialNumber(hex: text) else {
            throw EJBCAFault.general("FIELD_VALUE_NOT_VALID", "'\(text ?? "")' is not a serial number in hex")
        }
        return serial
    }
}
