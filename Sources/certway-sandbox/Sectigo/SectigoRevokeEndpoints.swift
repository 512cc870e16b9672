// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments
import PKIX

/// The four ways to revoke (wire/sectigo-scm.md section 9); 204 without a body when it is done.
struct SectigoRevokeEndpoints: Sendable {
    let account: SectigoAccount

    var routes: [Route] {
        SectigoAccount.twins("revoke", "POST", "/revoke/order/{order}") { call in
            let code = try readReason(call)
            guard let order = account.book.order(id: call["order"]) else { throw SectigoError.unknownOrder }
            return try revoke(order, code)
        }
            + SectigoAccount.twins("revoke", "POST", "/revoke/serial/{serial}") { call in
                let code = try readReason(call)
                guard let order = SerialNumber(hex: call["serial"]).flatMap(account.book.order(serial:)) else {
                    throw SectigoError.unknown("certificate")
                }
                return try revoke(order, code)
            }
            + SectigoAccount.twins("revokePerson", "POST", "/revoke", subject: ["email"]) { try revokePerson($0) }
            + SectigoAccount.twins("revokeManually", "POST", "/revoke/manual") { try revokeManually($0) }
    }

    private func readReason(_ call: Call) throws(Reply) -> Int {
        let fields = try SectigoFields(call, known: ["reasonCode", "reason"])
        _ = try fields.text("reason", atMost: 512)
        return try fields.reasonCode()
    }

    private func revoke(_ order: SandboxOrder, _ code: Int, date: Date? = nil, isPublished: Bool = true) throws(Reply)
        -> Reply
    {
        guard order.certificate != nil else { throw SectigoError.reply(.status(order.status)) }
        do {
            _ = try account.book.revoke(order.serialNumber, reason: code, date: date, isPublished: isPublished)
        } catch {
            throw SectigoError.reply(error)
        }
        return .empty()
    }

    private func revokePerson(_ call: Call) throws -> Reply {
        let fields = try SectigoFields(call, known: ["email", "reasonCode", "reason"])
        guard let email = try fields.text("email", atMost: 128) else { throw SectigoError.missing("email") }
        _ = try fields.text("reason", atMost: 512)
        let code = try fields.reasonCode()
        let valid = account.book.orders.filter {
            $0.status == .issued && $0.application.emails.first?.lowercased() == email.lowercased()
        }
        guard !valid.isEmpty else {
            throw SectigoError.reply(-1108, "There are no valid client certificates for \(email).")
        }
        for order in valid { _ = try revoke(order, code) }
        return .empty()
    }

    /// Marks a certificate as revoked; the CA is not told.
    private func revokeManually(_ call: Call) throws -> Reply {
        let fields = try SectigoFields(
            call, known: ["certId", "serialNumber", "issuer", "revokeDate", "reasonCode", "reason"])
        let order: SandboxOrder?
        if let id = try fields.number("certId") {
            order = account.order(certificateID: String(id))
        } else {
            guard let serial = try fields.text("serialNumber"), try fields.text("issuer") != nil else {
                throw SectigoError.missing("certId")
            }
            order = SerialNumber(hex: serial).flatMap(account.book.order(serial:))
        }
        guard let order else { throw SectigoError.unknown("certificate") }
        let text = try fields.text("revokeDate")
        let date = text.flatMap { Timestamp.read($0) ?? Timestamp.readDay($0) }
        guard text == nil || date != nil else {
            throw SectigoError.invalid("revokeDate", "expected a date in ISO 8601")
        }
        return try revoke(order, try fields.reasonCode(), date: date, isPublished: false)
    }
}
