// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// What the CA holds, and the part of the people who click links and approve.
struct OrderControl: CAControl {
    let account: DigiCertAccount

    var routes: [Route] {
        [
            Route("control.order", "POST", "/control/orders/{order}") { try setStatus($0) },
            Route("control.validate", "POST", "/control/validate") { try validate($0) },
            Route("control.approve", "POST", "/control/approve") { try approve($0) },
        ]
    }

    var switches: CASwitches { account.switches }

    /// `revocation_reason` counts only for TLS (wire/digicert-certcentral, revoke).
    var publishesReasons: Bool { false }

    var ordersJSON: [JSONValue] {
        account.read { state in state.orders.values.sorted { $0.id < $1.id }.map { json($0, state) } }
    }

    var statuses: [String] { account.read { $0.orders.values.map(\.status.rawValue) } }

    func decide(order id: String?, _ decision: OrderDecision) throws(Reply) -> Int {
        let decided = try? account.change { state in
            var concerned: [DigiCertOrder.Status] = [.pending, .processing, .needsApproval]
            if case .reconsider = decision { concerned = [.rejected] }
            let waiting = state.orders.values.filter {
                concerned.contains($0.status) && (id == nil || String($0.id) == id)
            }
            for var order in waiting.sorted(by: { $0.id < $1.id }) {
                order.pollsLeft = 0
                if case .reconsider = decision { order.status = .processing }
                state.set(order)
                if case .reconsider = decision {
                    try account.advance(order.id, in: &state)
                    continue
                }
                if case .approve = decision {
                    for email in order.request.emails {
                        state.validatedEmails[email.lowercased()] = account.clock.now
                    }
                    if order.status == .needsApproval {
                        for request in order.requestIDs.compactMap({ state.requests[$0] })
                        where request.status == "pending" {
                            try account.decide(request, isApproved: true, in: &state)
                        }
                    }
                    try account.advance(order.id, in: &state)
                } else if !switches.disobeys(.issuesWhatWasRejected) {
                    state.setStatus(.rejected, of: order.id, at: account.clock.now)
                } else {
                    try account.advance(order.id, in: &state)
                }
            }
            return waiting.count
        }
        guard let decided, decided > 0 || id == nil else {
            throw ControlError.reply("no such order waits", status: 404)
        }
        return decided
    }

    /// Revokes all certificates of an order, as an administrator would in CertCentral.
    ///
    /// - Returns: 1, for the one order.
    func revoke(order id: String) throws(Reply) -> Int {
        let found = account.change { state in
            guard let order = state.order(id), order.status == .issued else { return false }
            account.revokeOrder(order.id, reason: nil, in: &state)
            return true
        }
        guard found else { throw ControlError.reply("no such order is issued", status: 404) }
        return 1
    }

    private func json(_ order: DigiCertOrder, _ state: DigiCertState) -> JSONValue {
        [
            "ca": .string(DigiCertSandbox.name), "id": JSONValue(id: order.id),
            "status": .string(order.status.rawValue),
            "product": .string(order.request.product.nameID), "reference": JSONValue(order.request.comments),
            "comments": JSONValue(order.request.comments),
            "emails": JSONValue(order.request.emails),
            "renewalOf": order.request.renewalOf.map { JSONValue($0) } ?? nil,
            "customFields": .object(
                Dictionary(uniqueKeysWithValues: order.request.customFields.map { (String($0.key), .string($0.value)) })
            ),
            "validationTokens": .object(order.validationTokens.mapValues { .string($0) }),
            "certificates": .array(
                order.certificateIDs.compactMap { state.certificates[$0] }.map { certificate in
                    [
                        "id": JSONValue(id: certificate.id), "serialNumber": .string(certificate.serialNumber),
                        "revoked": .bool(certificate.isRevoked), "reason": JSONValue(certificate.revocationReason),
                        "pem": .string(certificate.certificate.pem),
                    ]
                }),
        ]
    }

    private func setStatus(_ call: Call) throws -> Reply {
        guard let status = call.json?["status"]?.string.flatMap(DigiCertOrder.Status.init) else {
            let known = DigiCertOrder.Status.allCases.map(\.rawValue).joined(separator: ", ")
            throw ControlError.reply("'status' must be one of: \(known)")
        }
        return try account.change { state in
            guard let order = state.order(call["order"]) else { throw ControlError.reply("no such order", status: 404) }
            state.setStatus(status, of: order.id, at: account.clock.now)
            return .json(json(state.orders[order.id] ?? order, state))
        }
    }

    private func validate(_ call: Call) throws -> Reply {
        let body = call.json
        return try account.change { state in
            var emails = body?["email"]?.string.map { [$0] } ?? []
            if let id = body?["orderID"]?.identifier {
                guard let order = state.order(id) else { throw ControlError.reply("no such order", status: 404) }
                emails += order.request.emails
            }
            if body?["all"]?.bool == true { emails += state.orders.values.flatMap(\.validationTokens.keys) }
            guard !emails.isEmpty else { throw ControlError.reply("give 'email', 'orderID' or \"all\": true") }
            for email in emails { try account.validate(email, in: &state) }
            return .json(["validated": JSONValue(emails)])
        }
    }

    private func approve(_ call: Call) throws -> Reply {
        let body = call.json
        let isApproved = body?["reject"]?.bool != true
        return try account.change { state in
            let order = try body?["orderID"]?.identifier.map { id throws(Reply) in
                guard let order = state.order(id) else { throw ControlError.reply("no such order", status: 404) }
                return order.id
            }
            let waiting = state.requests.values.filter { request in
                request.status == "pending" && (order == nil || request.orderID == order)
            }
            for request in waiting.sorted(by: { $0.id < $1.id }) {
                try account.decide(request, isApproved: isApproved, in: &state)
            }
            return .json(["decided": JSONValue(waiting.count)])
        }
    }

    /// For `GET /control/state`.
    var counts: [String: JSONValue] {
        account.read { state in
            let statuses = state.orders.values.reduce(into: [String: Int]()) { $0[$1.status.rawValue, default: 0] += 1 }
            return [
                "orders": JSONValue(state.orders.count),
                "ordersByStatus": .object(statuses.mapValues { JSONValue($0) }),
                "certificates": JSONValue(state.certificates.count),
                "revoked": JSONValue(state.certificates.values.filter(\.isRevoked).count),
            ]
        }
    }
}
