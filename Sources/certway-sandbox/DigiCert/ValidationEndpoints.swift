// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Proof of control over addresses and domains (wire/digicert-certcentral.md sections 6 and 11).
struct ValidationEndpoints: Sendable {
    let account: DigiCertAccount

    var routes: [Route] {
        let order = "/services/v2/order/certificate/{order}"
        return [
            Route("digicert.emailValidation", "GET", "\(order)/email-validation") { try emails($0) },
            Route("digicert.validation", "GET", "\(order)/validation") { try validation($0) },
            Route("digicert.resend", "PUT", "\(order)/resend-emails") { try resend($0) },
            Route("digicert.validateEmail", "PUT", "/services/v2/email-validation/{token}") { try validate($0) },
            Route("digicert.addDomain", "POST", "/services/v2/domain") { try addDomain($0) },
            Route("digicert.validateDomain", "PUT", "/services/v2/domain/{domain}/dcv/validate-token") {
                try validateDomain($0)
            },
        ]
    }

    private func find(_ call: Call, _ state: DigiCertState) throws(Reply) -> DigiCertOrder {
        guard let order = state.order(call["order"]) else { throw DigiCertError.notFound("order") }
        return order
    }

    private func emails(_ call: Call) throws -> Reply {
        try account.read { state in
            let order = try find(call, state)
            return .json([
                "delivery_options": ["api", "browser"],
                "emails": .array(
                    order.request.emails.map { email in
                        [
                            "email": .string(email),
                            "status": state.isProven(email, at: account.clock.now) ? "validated" : "unvalidated",
                            "date_emailed": .string(Timestamp.day(order.lastMailed)),
                        ]
                    }),
            ])
        }
    }

    private func validation(_ call: Call) throws -> Reply {
        try account.read { state in
            let order = try find(call, state)
            let domains = Set(order.request.emails.compactMap { $0.split(separator: "@").last.map(String.init) })
            return .json([
                "organization": order.request.organizationID == nil
                    ? nil : DigiCertOrganization.json(account.clock.now),
                "domains": .array(
                    domains.sorted().map { name in
                        [
                            "name": .string(name),
                            "status": state.validatedDomains.contains(name) ? "active" : "pending",
                        ]
                    }),
            ])
        }
    }

    private func resend(_ call: Call) throws -> Reply {
        _ = try call.bodyMembers(isOptional: true)
        return try account.change { state in
            var order = try find(call, state)
            guard order.status == .pending else {
                throw DigiCertError.status(
                    "order", "An order that is \(order.status.rawValue) waits for no validation.")
            }
            order.lastMailed = account.clock.now
            state.set(order)
            return .empty()
        }
    }

    private func validate(_ call: Call) throws -> Reply {
        try account.change { state in
            let email = call.request.query("email") ?? ""
            let order = state.orders.values.first { order in
                order.validationTokens.contains {
                    $0.key.lowercased() == email.lowercased() && $0.value == call["token"]
                }
            }
            // Links end after 30 days (wire/digicert-certcentral.md section 6).
            guard let order, account.clock.now.timeIntervalSince(order.lastMailed) < 30 * 86_400 else {
                throw DigiCertError.notFound("token")
            }
            try account.validate(email, in: &state)
            return .empty()
        }
    }

    private func addDomain(_ call: Call) throws -> Reply {
        let problems = FieldProblems()
        let body = FieldReader(try call.bodyMembers(), problems: problems)
        let name = body.text("name", isRequired: true)
        body.ignore("organization", "validations", "dcv_method")
        body.finish()
        try problems.throwIfAny()
        return account.change { state in
            let id = state.newDomainID()
            let domain = MailDomain(id: id, name: (name ?? "").lowercased(), token: GUID.random().filter { $0 != "-" })
            state.domains[id] = domain
            let expiry = Timestamp.offset(account.clock.now.addingTimeInterval(30 * 86_400))
            return .json(
                [
                    "id": JSONValue(id),
                    "dcv_token": [
                        "token": .string(domain.token), "status": "pending", "expiration_date": .string(expiry),
                    ],
                ], status: 201)
        }
    }

    /// The sandbox finds the DNS record always.
    private func validateDomain(_ call: Call) throws -> Reply {
        try account.change { state in
            guard let domain = Int(call["domain"]).flatMap({ state.domains[$0] }) else {
                throw DigiCertError.notFound("domain")
            }
            state.validatedDomains.insert(domain.name)
            for order in state.orders.values where order.status == .pending {
                try account.advance(order.id, in: &state)
            }
            return .empty()
        }
    }
}
