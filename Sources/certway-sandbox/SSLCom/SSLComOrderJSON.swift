// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// How an order is told (docs/wire/ssl-com.md sections 5 and 6). States are prose.
struct SSLComOrderJSON {
    let account: SSLComAccount
    let order: SSLComOrder
    /// What the book holds for it.
    private let issued: SandboxOrder?

    init(_ order: SSLComOrder, account: SSLComAccount) {
        self.account = account
        self.order = order
        issued = order.bookID.flatMap { account.book.order(id: $0) }
    }

    private var status: String {
        guard account.isHostile, order.number.isMultiple(of: 3) else { return words }
        return words.prefix(1).uppercased() + words.dropFirst() + " (see your account)"
    }

    private var words: String {
        guard let issued else {
            if order.csr == nil { return "unused. waiting on certificate signing request (csr) from customer" }
            if !order.hasContact { return "waiting on registrant information from customer" }
            return order.isMailed ? "validating, please wait" : "waiting on validation from customer"
        }
        return switch issued.status {
        case .pending: "pending issuance"
        case .issued: "issued"
        case .revoked: "revoked"
        case .expired: "expired"
        case .cancelled: "cancelled"
        case .rejected: "rejected" + (issued.reason.map { ": \($0)" } ?? "")
        }
    }

    /// The answer to buying.
    var bought: JSONValue {
        let page = "\(account.server.url)/team/certificate_orders/\(order.ref)"
        return [
            "ref": .string(order.ref), "order_status": .string(status), "order_amount": "$38.00",
            "external_order_number": JSONValue(order.externalNumber), "certificate_url": .string(page),
            "receipt_url": .string(page + "/receipt"), "smart_seal_url": .string(page + "/site_seal"),
            "validation_url": .string(page + "/validation"), "registrant": nil, "validations": nil,
            "certificates": nil,
        ]
    }

    /// A row of the list.
    var row: JSONValue {
        var value: JSONValue = [
            "ref": .string(order.ref), "order_date": .string(Timestamp.utc(order.created)),
            "order_status": .string(status), "external_order_number": JSONValue(order.externalNumber),
            "product_name": .string(order.product.name), "common_name": JSONValue(order.csr?.subject.commonName),
            "subject_alternative_names": JSONValue(order.addresses),
            "registrant": order.registrant.isEmpty ? nil : .object(order.registrant),
            "validations": order.csr == nil ? nil : validations,
        ]
        if let certificate = issued?.certificate {
            value["effective_date"] = .string(Timestamp.day(certificate.notBefore))
            value["expiration_date"] = .string(Timestamp.day(certificate.notAfter))
        }
        return value
    }

    /// With leaf first, then the issuing CAs, no root.
    var full: JSONValue {
        var value = row
        value["certificates"] = .null
        if let issued, let certificate = issued.certificate {
            let chain = [certificate] + issued.chain.filter { !$0.isSelfSigned }
            value["certificates"] = .string(chain.map(\.pem).joined())
        }
        return value
    }

    private var validations: JSONValue {
        let value: JSONValue = [
            "dcv_method": "email", "status": order.validated == nil ? "pending" : "validated",
            "attempted_on": order.validated.map { .string(Timestamp.utc($0)) } ?? nil,
        ]
        return .object(Dictionary(order.addresses.map { ("email:\($0)", value) }) { first, _ in first })
    }
}
