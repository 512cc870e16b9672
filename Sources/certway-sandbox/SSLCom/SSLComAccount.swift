// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import Synchronization

/// The account: its orders from the purchase to the certificate (docs/wire/ssl-com.md section 5).
final class SSLComAccount: Sendable {
    let server: CAServer
    let accountKey: String
    let secretKey: String
    /// Whether the prose of states changes its case and gets suffixes.
    let isHostile: Bool
    private let orders = Mutex<[SSLComOrder]>([])

    init(server: CAServer, isHostile: Bool) {
        self.server = server
        self.isHostile = isHostile
        let random = { GUID.random().filter { $0 != "-" } }
        accountKey = String(random().prefix(13))
        secretKey = random()
    }

    var clock: SandboxClock { server.surroundings.clock }
    var book: OrderBook { server.book }
    var all: [SSLComOrder] { orders.withLock { $0 } }

    /// Keys come in the query, or in the body of what has one.
    func admit(_ call: Call) throws(Reply) {
        let body = call.request.method == "GET" ? nil : call.json
        func given(_ name: String) -> String? { call.request.query(name) ?? body?[name]?.string }
        let isRight = given("account_key") == accountKey && given("secret_key") == secretKey
        guard server.switches.accepts(credentialsAreRight: isRight) else { throw SSLComError.login }
    }

    /// Buys an order without a CSR. A second purchase with the same number is a second order.
    func buy(_ product: SandboxProduct, days: Int, externalNumber: String?) throws(Reply) -> SSLComOrder {
        guard all.count < server.switches.own("deposit")?.int ?? .max else { throw SSLComError.funds }
        return orders.withLock { orders in
            for _ in 0..<(server.switches.disobeys(.duplicateOrders) ? 2 : 1) {
                orders.append(
                    SSLComOrder(
                        number: orders.count + 1, ref: "co-" + GUID.random().filter { $0 != "-" }.prefix(10),
                        product: product, days: days, externalNumber: externalNumber, created: clock.now))
            }
            return orders[orders.count - 1]
        }
    }

    func order(_ ref: String) throws(Reply) -> SSLComOrder {
        if !server.switches.disobeys(.forgetsOrders), let found = all.first(where: { $0.ref == ref }) { return found }
        if server.switches.disobeys(.unknownOrderIsIssued), let other = all.last(where: { $0.bookID != nil }) {
            return other
        }
        throw SSLComError.unknownRef
    }

    /// Changes an order and has its certificate made when nothing is missing any more.
    func change(_ ref: String, _ body: (inout SSLComOrder) throws -> Void) throws -> SSLComOrder {
        let number = try order(ref).number
        return try orders.withLock { orders in
            var order = orders[number - 1]
            try body(&order)
            if order.isReady { try apply(&order) }
            orders[number - 1] = order
            return order
        }
    }

    /// Somebody asks how an order is: a validation that only takes its time goes on.
    func poll(_ ref: String) throws -> SSLComOrder {
        if let id = try order(ref).bookID { _ = book.poll(id) }
        let isManual = server.switches.own("manualValidation")?.bool == true
        return try change(ref) { order in
            guard order.validated == nil, order.isMailed, !isManual else { return }
            if order.pollsLeft > 0 { order.pollsLeft -= 1 } else { order.validated = clock.now }
        }
    }

    /// Names come from the request, the organization from the registrant.
    private func apply(_ order: inout SSLComOrder) throws {
        guard let csr = order.csr else { return }
        var subject = csr.subject
        if SSLComProduct.namesOrganization(order.product) {
            subject.attributes.removeAll { ["O", "C"].contains($0.type) }
            let names: [DistinguishedName.Attribute] = [
                .init("C", order.registrant["country"]?.string ?? "DE"),
                .init("O", order.registrant["organization"]?.string ?? "Sandbox GmbH"),
            ]
            subject.attributes.insert(contentsOf: names, at: 0)
        }
        var application = Application(product: order.product, csr: csr, subject: subject, emails: order.addresses)
        for name in csr.subjectAlternativeNames {
            switch name {
            case .rfc822Name: break
            case .userPrincipalName(let name): application.userPrincipalName = name
            default: application.otherNames.append(name)
            }
        }
        application.days = min(order.days, SSLComProduct.longest)
        application.reference = order.externalNumber
        application.details = ["ref": .string(order.ref)]
        do {
            order.bookID = try book.place(application).id
        } catch {
            throw SSLComError.reply(400, Self.field(error.kind), error.message)
        }
    }

    private static func field(_ kind: ApplicationRefusal.Kind) -> String {
        switch kind {
        case .badSignature, .keyNotAllowed, .keyReused, .nameNotAllowed: "csr"
        case .addressMissing, .addressMalformed, .domainNotAllowed: "domains"
        case .validityNotAllowed: "period"
        case .referenceUsed, .renewalRefused: "ref"
        }
    }
}
