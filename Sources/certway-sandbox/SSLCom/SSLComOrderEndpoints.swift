// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Buying, completing and reading an order (docs/wire/ssl-com.md sections 5 and 6).
struct SSLComOrderEndpoints: Sendable {
    private static let registrant: Set<String> = [
        "organization", "organization_unit", "street_address_1", "street_address_2", "street_address_3", "locality",
        "state_or_province", "state_or_providence", "post_office_box", "postal_code", "country", "assumed_name",
        "company_number", "business_category", "organization_identifier", "duns_number", "joi",
    ]
    private static let purchase: Set<String> = ["product", "period", "external_order_number", "unique_value"]
    private static let completion: Set<String> = ["csr", "server_software", "contacts", "domains", "unique_value"]

    let account: SSLComAccount

    var routes: [Route] {
        [
            Route("sslcom.enroll", "POST", "/certificates", subject: ["external_order_number"]) { try buy($0) },
            Route("sslcom.order", "GET", "/certificate/{ref}") { try read($0) },
            Route("sslcom.complete", "PUT", "/certificate/{ref}") { try complete($0) },
            Route("sslcom.retry", "POST", "/certificate/{ref}/retry_domain_validation") { call in
                .json(SSLComOrderJSON(try account.poll(call["ref"]), account: account).full)
            },
        ]
    }

    private func buy(_ call: Call) throws -> Reply {
        let body = try SSLComBody(call, known: Self.purchase.union(Self.completion).union(Self.registrant))
        guard let product = SSLComProduct.all.first(where: { $0.id == body.members["product"]?.identifier }) else {
            throw SSLComError.reply(400, "product", "is not available to this account")
        }
        guard let period = try body.text("period"), SSLComProduct.periods.contains(period), let days = Int(period)
        else {
            throw SSLComError.reply(
                400, "period", "needs to be one of: \(SSLComProduct.periods.joined(separator: ", "))")
        }
        let number = try body.text("external_order_number")
        guard number?.count ?? 0 <= 255 else {
            throw SSLComError.reply(400, "external_order_number", "is too long (maximum is 255 characters)")
        }
        // E-mail products take the request only afterwards.
        guard Set(body.members.keys).isDisjoint(with: ["csr", "contacts", "domains"]) else {
            throw SSLComError.serverError
        }
        let order = try account.buy(product, days: days, externalNumber: number)
        return .json(SSLComOrderJSON(order, account: account).bought)
    }

    private func read(_ call: Call) throws -> Reply {
        for item in call.request.query
        where !["account_key", "secret_key", "response_type", "response_encoding"].contains(item.name) {
            throw SSLComError.unknownParameter(item.name)
        }
        guard ["individually", nil].contains(call.request.query("response_type")),
            ["base64", nil].contains(call.request.query("response_encoding"))
        else { throw SSLComError.reply(400, "response_type", "is not imitated by this sandbox") }
        return .json(SSLComOrderJSON(try account.poll(call["ref"]), account: account).full)
    }

    private func complete(_ call: Call) throws -> Reply {
        let body = try SSLComBody(call, known: Self.completion.union(Self.registrant))
        let csr = try csr(body)
        let mails = try mails(body)
        let hasContact = try hasContact(body)
        let order = try account.change(call["ref"]) { order in
            if let csr, csr != order.csr {
                order.csr = csr
                // A rekey of what was issued; addresses that were validated need no second mail.
                order.bookID = nil
                if !order.isMailed { order.validated = nil }
            }
            for (name, value) in body.members where Self.registrant.contains(name) {
                order.registrant[name == "state_or_providence" ? "state_or_province" : name] = value
            }
            order.hasContact = order.hasContact || hasContact
            if let mails { try mail(mails, &order) }
        }
        return .json(SSLComOrderJSON(order, account: account).full)
    }

    /// PEM with LF line ends; at CR LF the service fails.
    private func csr(_ body: SSLComBody) throws -> CertificateSigningRequest? {
        guard let text = try body.text("csr") else { return nil }
        guard !text.utf8.contains(13) else { throw SSLComError.serverError }
        guard let csr = try? CertificateSigningRequest(pem: text), (try? csr.verifySignature()) != nil else {
            throw SSLComError.badCSR
        }
        return csr
    }

    private func hasContact(_ body: SSLComBody) throws -> Bool {
        guard let contacts = body.members["contacts"] else { return false }
        guard let roles = contacts.object,
            Set(roles.keys).isSubset(of: ["all", "administrative", "billing", "technical", "validation"])
        else { throw SSLComError.reply(400, "contacts", "has an unknown role") }
        return ["first_name", "last_name", "email"].allSatisfy { roles["all"]?[$0]?.string?.isEmpty == false }
    }

    /// Whom a mail goes to, by the item it validates.
    private func mails(_ body: SSLComBody) throws -> [String: String]? {
        guard let domains = body.members["domains"] else { return nil }
        guard let items = domains.object else { throw SSLComError.reply(400, "domains", "is not an object") }
        return try items.reduce(into: [:]) { mails, item in
            guard item.key.hasPrefix("email:"), let target = item.value["dcv"]?.string else {
                throw SSLComError.reply(400, "domains", "\(item.key) has no dcv that is possible")
            }
            mails[item.key.dropFirst(6).lowercased()] = target.lowercased()
        }
    }

    private func mail(_ mails: [String: String], _ order: inout SSLComOrder) throws {
        let addresses = Set(order.addresses.map { $0.lowercased() })
        for (item, target) in mails {
            guard addresses.contains(item), item == target else {
                throw SSLComError.reply(400, "domains", "email:\(item) cannot be validated by \(target)")
            }
            guard account.book.policy.mailDomains?.contains(MailAddress.domain(item)) == true else {
                throw SSLComError.reply(400, "domains", "mail to \(item) cannot be delivered")
            }
            order.mailed.insert(item)
        }
        order.pollsLeft = account.server.switches.own("validationPolls")?.int ?? 0
    }
}
