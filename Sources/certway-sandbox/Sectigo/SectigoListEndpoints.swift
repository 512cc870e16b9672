// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments
import PKIX

/// Lists, counts and details of certificates (wire/sectigo-scm.md sections 7 and 8).
struct SectigoListEndpoints: Sendable {
    let account: SectigoAccount

    var routes: [Route] {
        let lists = ["v1", "v2"].flatMap { version in
            [
                Route("sectigo.list", "GET", "/smime/\(version)") { try list($0, version) }.listing,
                Route("sectigo.count", "HEAD", "/smime/\(version)") { call in
                    Reply.empty(status: 200).adding("X-Total-Count", String(try select(call).count))
                },
                Route("sectigo.byPersonEmail", "GET", "/smime/\(version)/byPersonEmail/{email}") { call in
                    try ofPerson(account.person(email: call["email"]), version)
                        .adding("Content-Disposition", "inline;filename=f.txt")
                },
                Route("sectigo.byPersonId", "GET", "/smime/\(version)/byPersonId/{id}") { call in
                    try ofPerson(Int(call["id"]).flatMap(account.person(id:)), version)
                },
            ]
        }
        // Any word stands in the place of the id: it comes last.
        return lists
            + SectigoAccount.twins("details", "GET", "/{certificate}") { call in
                guard let order = account.order(certificateID: call["certificate"]) else {
                    throw SectigoError.unknown("certificate")
                }
                let format = call.request.query("dateFormat") ?? "US"
                guard let date = SectigoDate(format) else {
                    throw SectigoError.invalid("dateFormat", "'\(format)'")
                }
                return .json(SectigoOrderJSON(order: order).details(date))
            }
            + SectigoAccount.twins("delete", "DELETE", "/{certificate}") { _ in
                throw SectigoError.reply(-37, "Only imported and discovered certificates can be deleted.")
            }
    }

    private func list(_ call: Call, _ version: String) throws -> Reply {
        let page = try SectigoPage(call, cap: account.switches.own("pageCap")?.int ?? 200)
        let found = try select(call)
        let shown = account.book.page(found, offset: page.position, size: page.size, call)
        return .json(.array(shown.rows.map { SectigoOrderJSON(order: $0).row(version) }))
            .adding("X-Total-Count", String(shown.total))
    }

    private func ofPerson(_ person: SectigoPerson?, _ version: String) throws(Reply) -> Reply {
        guard let person else { throw SectigoError.unknownPerson }
        let rows = account.book.inventory.filter { isOf(person, $0) }
        return .json(.array(rows.map { SectigoOrderJSON(order: $0).row(version) }))
    }

    private func isOf(_ person: SectigoPerson, _ order: SandboxOrder) -> Bool {
        order.application.emails.first?.lowercased() == person.email.lowercased()
    }

    private func select(_ call: Call) throws(Reply) -> [SandboxOrder] {
        var rows = account.book.inventory
        for (name, value) in call.request.query where name != "size" && name != "position" {
            let holds: (SandboxOrder) -> Bool
            switch name {
            case "state":
                guard SectigoOrderJSON.states.contains(value) else { throw SectigoError.invalid(name, "'\(value)'") }
                holds = { SectigoOrderJSON(order: $0).state == value }
            case "email": holds = { $0.application.emails.first?.lowercased() == value.lowercased() }
            case "personId":
                let person = Int(value).flatMap(account.person(id:))
                holds = { order in person.map { isOf($0, order) } ?? false }
            case "certTypeId": holds = { $0.application.product.id == value }
            case "serialNumber":
                guard let serial = SerialNumber(hex: value) else { throw SectigoError.invalid(name, "'\(value)'") }
                holds = { $0.certificate != nil && $0.serialNumber == serial }
            case "backendCertId": holds = { $0.id == value }
            case "keyVault":
                // Nothing is in the key vault.
                holds = { _ in value == "false" }
            default: throw SectigoError.invalid(name, "there is no such filter")
            }
            rows = rows.filter(holds)
        }
        return rows
    }
}
