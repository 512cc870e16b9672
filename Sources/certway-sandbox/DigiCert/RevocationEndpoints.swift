// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments

/// Revoking one certificate or a whole order (wire/digicert-certcentral.md section 9).
struct RevocationEndpoints: Sendable {
    let account: DigiCertAccount
    let keys: APIKeys

    var routes: [Route] {
        [
            Route("digicert.revoke", "PUT", "/services/v2/certificate/{certificate}/revoke") { try certificate($0) },
            Route("digicert.revokeOrder", "PUT", "/services/v2/order/certificate/{order}/revoke") { try order($0) },
        ]
    }

    private struct Body {
        var comments: String?
        var skipsApproval: Bool
        var reason: String?
    }

    private func body(_ call: Call) throws(Reply) -> Body {
        let problems = FieldProblems()
        let reader = FieldReader(try call.bodyMembers(isOptional: true), problems: problems)
        let body = Body(
            comments: reader.text("comments") ?? reader.text("comment"),
            skipsApproval: reader.flag("skip_approval") ?? false, reason: reader.text("revocation_reason"))
        reader.ignore("reason")
        reader.finish()
        try problems.throwIfAny()
        return body
    }

    private func certificate(_ call: Call) throws -> Reply {
        let body = try body(call)
        return try account.change { state in
            guard let found = state.certificate(call["certificate"]) else {
                throw DigiCertError.notFound("certificate")
            }
            if state.orders[found.orderID]?.status == .reissuePending {
                throw DigiCertError.status("order", "Cancel the pending reissue first.")
            }
            return try request(
                .revokeCertificate(found.id, reason: body.reason), order: found.orderID, body, call, &state)
        }
    }

    private func order(_ call: Call) throws -> Reply {
        let body = try body(call)
        return try account.change { state in
            guard let order = state.order(call["order"]) else { throw DigiCertError.notFound("order") }
            guard !order.certificateIDs.isEmpty else {
                throw DigiCertError.status("order", "The order has no certificate.")
            }
            return try request(.revokeOrder(reason: body.reason), order: order.id, body, call, &state)
        }
    }

    /// Does it at once for a key that may skip approval, or puts it into the queue.
    private func request(
        _ purpose: ApprovalRequest.Purpose, order: Int, _ body: Body, _ call: Call, _ state: inout DigiCertState
    ) throws -> Reply {
        let isImmediate = body.skipsApproval && keys.key(of: call.request)?.maySkipApproval == true
        // Comments are not stored when the approval is skipped.
        let request = ApprovalRequest(
            id: state.newRequestID(), orderID: order, purpose: purpose, status: "pending", date: account.clock.now,
            comments: isImmediate ? nil : body.comments)
        state.set(request)
        if var order = state.orders[order] {
            order.requestIDs.append(request.id)
            state.set(order)
        }
        guard isImmediate else {
            var value = request.json
            value["requester"] = ApprovalRequest.requester
            return .json(value, status: 201)
        }
        try account.decide(request, isApproved: true, in: &state)
        return .empty()
    }
}
