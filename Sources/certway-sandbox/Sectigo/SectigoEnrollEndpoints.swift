// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Enrolling, renewing and replacing (wire/sectigo-scm.md sections 6 and 10).
struct SectigoEnrollEndpoints: Sendable {
    let account: SectigoAccount

    var routes: [Route] {
        SectigoAccount.twins("enroll", "POST", "/enroll", subject: ["email"]) { try enroll($0) }
            + SectigoAccount.twins("renew", "POST", "/renew/order/{order}") { call in
                try renew(call["order"], call, unknown: SectigoError.unknownOrder)
            }
            + SectigoAccount.twins("renew", "POST", "/renew/serial/{serial}") { call in
                let serial = SerialNumber(hex: call["serial"])
                let id = serial.flatMap(account.book.order(serial:))?.id ?? ""
                return try renew(id, call, unknown: SectigoError.unknown("certificate"))
            }
            + SectigoAccount.twins("replace", "POST", "/replace/order/{order}") { try replace($0) }
    }

    private func enroll(_ call: Call) throws -> Reply {
        let request = try SectigoEnrollment(call, account: account)
        if let code = account.switches.own("errorCode")?.int {
            throw SectigoError.reply(code, "A failure was ordered.")
        }
        let email = request.application.emails.first ?? ""
        if let limit = account.switches.own("maximumPerPerson")?.int {
            let valid = account.book.orders.count {
                [.issued, .pending].contains($0.status)
                    && $0.application.emails.first?.lowercased() == email.lowercased()
            }
            guard valid < limit else {
                throw SectigoError.reply(-188, "You already have allowed number of valid certificates.")
            }
        }
        let order = try place(request.application)
        linkPerson(request)
        return answer(order)
    }

    private func place(_ application: Application) throws(Reply) -> SandboxOrder {
        do {
            return try account.book.place(application)
        } catch {
            throw SectigoError.reply(error)
        }
    }

    private func answer(_ order: SandboxOrder) -> Reply {
        .json(["orderNumber": Int(order.id).map { JSONValue(id: $0) } ?? .null, "backendCertId": .string(order.id)])
    }

    /// Not in the sheet: a person who is missing is made, names of one who is there are brought up to date.
    private func linkPerson(_ request: SectigoEnrollment) {
        let email = request.application.emails.first ?? ""
        if var person = account.person(email: email) {
            person.firstName = request.firstName
            person.middleName = request.middleName
            person.lastName = request.lastName
            person.modified = account.now
            account.set(person)
        } else {
            _ = account.add(
                SectigoPerson(
                    id: 0, firstName: request.firstName, middleName: request.middleName, lastName: request.lastName,
                    email: email, organizationID: request.organizationID, validationType: "STANDARD", phone: nil,
                    secondaryEmails: request.secondaryEmails, commonName: request.commonName, eppn: nil,
                    upn: request.application.userPrincipalName, created: account.now, modified: account.now))
        }
    }

    /// The same key and names again (section 10).
    private func renew(_ id: String, _ call: Call, unknown: Reply) throws -> Reply {
        guard call.request.body.isEmpty || call.json == [:] else {
            throw SectigoError.unreadable("a renewal has no body")
        }
        do {
            let old = try account.book.renewable(id: id)
            guard old.status != .revoked else { throw OrderProblem.status(.revoked) }
            var application = old.application
            application.renewalOf = old.id
            return answer(try place(application))
        } catch let problem as OrderProblem {
            throw SectigoError.reply(problem, unknown: unknown)
        }
    }

    private func replace(_ call: Call) throws -> Reply {
        let fields = try SectigoFields(call, known: ["csr", "reason", "revoke"])
        let csr = try SectigoEnrollment.readCSR(fields)
        _ = try fields.text("reason", atMost: 512)
        do {
            // 4: superseded.
            _ = try account.book.reissue(call["order"], csr: csr, revokes: try fields.flag("revoke") == true ? 4 : nil)
            return .empty()
        } catch let problem as OrderProblem {
            throw SectigoError.reply(problem)
        } catch let refusal as ApplicationRefusal {
            throw SectigoError.reply(refusal)
        }
    }
}
