// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Ordering, asking and cancelling (wire/digicert-certcentral.md sections 4 and 7).
struct OrderEndpoints: Sendable {
    let account: DigiCertAccount
    let keys: APIKeys

    var routes: [Route] {
        let order = "/services/v2/order/certificate"
        return [
            Route("digicert.orderInfo", "GET", "\(order)/{order}") { try info($0) },
            Route("digicert.enroll", "POST", "\(order)/{product}", subject: ["certificate", "emails"]) {
                try place($0)
            },
            Route("digicert.cancel", "PUT", "\(order)/{order}/status") { try cancel($0) },
        ]
    }

    private func place(_ call: Call) throws -> Reply {
        guard let product = DigiCertProduct.named(call["product"]) else { throw DigiCertError.notFound("product") }
        let request = try OrderRequestReader(product: product, now: account.clock.now).read(try call.bodyMembers())
        let key = keys.key(of: call.request)
        return try account.change { state in
            if let old = request.renewalOf, state.orders[old] == nil { throw DigiCertError.notFound("order") }
            if request.renewalOf != nil, state.switches.disobeys(.renewRefused) {
                throw DigiCertError.invalid("renewal_of_order_id", "The order cannot be renewed.")
            }
            let order = try account.place(request, maySkipApproval: key?.maySkipApproval == true, in: &state)
            let answer = Self.answer(order, state, account, requestID: order.requestIDs[0])
            if state.switches.disobeys(.duplicateOrders) {
                _ = try account.place(request, maySkipApproval: key?.maySkipApproval == true, in: &state)
            }
            return .json(answer, status: 201)
        }
    }

    /// What ordering and reissuing answer: the chain too, when the certificate is there.
    static func answer(_ order: DigiCertOrder, _ state: DigiCertState, _ account: DigiCertAccount, requestID: Int)
        -> JSONValue
    {
        let status = state.requests[requestID]?.status ?? "pending"
        var value: JSONValue = [
            "id": JSONValue(id: order.id), "requests": [["id": JSONValue(id: requestID), "status": .string(status)]],
        ]
        if order.status == .issued, let issued = order.activeCertificateID.flatMap({ state.certificates[$0] }) {
            value["certificate_id"] = JSONValue(id: issued.id)
            value["certificate_chain"] = OrderJSON.chain(
                [issued.certificate] + account.authority.chain(of: issued.certificate))
        }
        return value
    }

    private func info(_ call: Call) throws -> Reply {
        try account.change { state in
            guard let order = state.order(call["order"]) else { throw DigiCertError.notFound("order") }
            // A poll that used up the waiting issues the order only now, at the next question.
            try account.advance(order.id, in: &state)
            let details = OrderJSON(order: state.orders[order.id] ?? order, state: state, now: account.clock.now)
                .details
            try account.poll(order.id, in: &state)
            return .json(details)
        }
    }

    private func cancel(_ call: Call) throws -> Reply {
        let problems = FieldProblems()
        let body = FieldReader(try call.bodyMembers(), problems: problems)
        _ = body.text("status", isRequired: true, among: ["CANCELED"])
        _ = body.text("note", isRequired: true)
        _ = body.flag("send_emails")
        body.finish()
        try problems.throwIfAny()
        return try account.change { state in
            guard let order = state.order(call["order"]) else { throw DigiCertError.notFound("order") }
            if state.switches.disobeys(.cancelIgnored) { return .empty() }
            switch order.status {
            case .pending, .processing, .waitingPickup, .needsApproval:
                state.setStatus(.canceled, of: order.id, at: account.clock.now)
            case .reissuePending:
                state.setStatus(.issued, of: order.id, at: account.clock.now)
            default:
                throw DigiCertError.status("order", "An order that is \(order.status.rawValue) cannot be canceled.")
            }
            return .empty()
        }
    }
}
