// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

extension OrderBook: CAControl {
    var ordersJSON: [JSONValue] { truth.map(json) }

    var statuses: [String] { truth.map(\.status.rawValue) }

    func decide(order id: String?, _ decision: OrderDecision) throws(Reply) -> Int {
        let waiting = truth.filter { $0.status == decision.concerned && (id == nil || $0.id == id) }
        if id != nil, waiting.isEmpty { throw ControlError.reply("no such order waits", status: 404) }
        for order in waiting { try? decide(order.id, decision) }
        return waiting.count
    }

    private func json(_ order: SandboxOrder) -> JSONValue {
        let application = order.application
        return [
            "ca": .string(name), "id": .string(order.id), "status": .string(order.status.rawValue),
            "product": .string(application.product.id), "reference": JSONValue(application.reference),
            "idempotencyKey": JSONValue(application.idempotencyKey), "requester": JSONValue(application.requester),
            "subject": .string("\(application.subject)"), "emails": JSONValue(application.emails),
            "userPrincipalName": JSONValue(application.userPrincipalName),
            "renewalOf": JSONValue(application.renewalOf), "created": .string(Timestamp.utc(order.created)),
            "changed": .string(Timestamp.utc(order.changed)), "polls": JSONValue(order.polls),
            "reason": JSONValue(order.reason), "details": .object(application.details),
            "csr": JSONValue(application.csr?.pem),
            "certificates": .array(
                order.certificate.map { certificate in
                    [
                        [
                            "serialNumber": .string(certificate.serialNumber.hex),
                            "revoked": .bool(order.revocation != nil),
                            "reason": order.revocation.map { JSONValue($0.reason) } ?? .null,
                            "pem": .string(certificate.pem),
                        ]
                    ]
                } ?? []),
            "chain": JSONValue(order.chain.map(\.pem)),
        ]
    }
}
