// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import PKIX

/// Revoking (docs/wire/ssl-com.md section 7).
struct SSLComRevocationEndpoint: Sendable {
    private static let reasons = [
        "unspecified": 0, "keyCompromise": 1, "affiliationChanged": 3, "superseded": 4, "cessationOfOperation": 5,
        "privilegeWithdrawn": 9,
    ]

    let account: SSLComAccount

    var routes: [Route] { [Route("sslcom.revoke", "DELETE", "/certificate/{ref}") { try revoke($0) }] }

    private func revoke(_ call: Call) throws -> Reply {
        let body = try SSLComBody(call, known: ["reason", "serials"])
        let order = try account.order(call["ref"])
        // After a rekey an order has several certificates.
        let issued = account.book.orders.filter {
            $0.certificate != nil && $0.application.details["ref"] == .string(order.ref)
        }
        guard !issued.isEmpty else { throw SSLComError.reply(400, "ref", "no certificate to revoke") }
        let serials = try body.members["serials"].map { try read($0, issued) } ?? issued.map(\.serialNumber)
        // Any other text counts as unspecified.
        let reason = body.members["reason"]?.string.flatMap { Self.reasons[$0] } ?? 0
        for serial in serials {
            do {
                _ = try account.book.revoke(serial, reason: reason)
            } catch .alreadyRevoked {
                throw SSLComError.reply(400, "serials", "already revoked")
            } catch {
                throw SSLComError.reply(400, "serials", "not found")
            }
        }
        return .json(["status": "revoked"])
    }

    private func read(_ value: JSONValue, _ issued: [SandboxOrder]) throws -> [SerialNumber] {
        try (value.array ?? [value]).map { value in
            guard let serial = value.string.flatMap({ SerialNumber(hex: $0) }),
                issued.contains(where: { $0.serialNumber == serial })
            else { throw SSLComError.reply(400, "serials", "not found") }
            return serial
        }
    }
}
