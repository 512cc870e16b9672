// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments

/// Persons: list, look up, create, change, delete (wire/sectigo-scm.md section 5).
struct SectigoPersonEndpoints: Sendable {
    let account: SectigoAccount

    var routes: [Route] {
        ["v1", "v2"].flatMap { version in
            let path = "/person/\(version)"
            return [
                Route("sectigo.persons", "GET", path) { try list($0) },
                Route("sectigo.personByEmail", "GET", "\(path)/id/byEmail/{email}") { call in
                    guard let person = account.person(email: call["email"]) else { throw SectigoError.unknownPerson }
                    return .json(["personId": JSONValue(person.id)])
                        .adding("Content-Disposition", "inline;filename=f.txt")
                },
                Route("sectigo.person", "GET", "\(path)/{id}") { .json(try find($0).json) },
                Route("sectigo.createPerson", "POST", path, subject: ["email"]) { call in
                    let person = try read(call, nil)
                    if account.person(email: person.email) != nil {
                        throw SectigoError.invalid("email", "a person with this address exists")
                    }
                    let id = account.add(person)
                    return .empty(status: 201).adding("Location", "\(account.url)/api/person/\(version)/\(id)")
                },
                Route("sectigo.changePerson", "PUT", "\(path)/{id}") { call in
                    account.set(try read(call, try find(call)))
                    return .empty(status: 200)
                },
                Route("sectigo.deletePerson", "DELETE", "\(path)/{id}") { call in
                    account.remove(try find(call))
                    return .empty(status: 200)
                },
            ]
        }
    }

    private func find(_ call: Call) throws(Reply) -> SectigoPerson {
        guard let person = Int(call["id"]).flatMap(account.person(id:)) else { throw SectigoError.unknownPerson }
        return person
    }

    private func list(_ call: Call) throws -> Reply {
        let page = try SectigoPage(call, cap: account.switches.own("pageCap")?.int ?? 200)
        let filters = call.request.query.filter { $0.name != "size" && $0.name != "position" }
        let found = try account.persons.filter { person in
            try filters.allSatisfy { name, value in
                switch name {
                case "name": person.fullName.localizedCaseInsensitiveContains(value)
                case "organizationId": String(person.organizationID) == value
                case "email": person.email.lowercased() == value.lowercased()
                case "commonName": (person.commonName ?? person.fullName) == value
                case "phone": person.phone == value
                case "secondaryEmail": person.secondaryEmails.contains(value)
                default: throw SectigoError.invalid(name, "there is no such filter")
                }
            }
        }
        return .json(.array(found.dropFirst(page.position).prefix(page.size).map(\.json)))
            .adding("X-Total-Count", String(found.count))
    }

    /// Members that nobody knows are accepted: a public client sends some (section 5).
    private func read(_ call: Call, _ old: SectigoPerson?) throws(Reply) -> SectigoPerson {
        let fields = try SectigoFields(call, known: nil)
        guard let first = try fields.text("firstName", atMost: 64) ?? old?.firstName else {
            throw SectigoError.missing("firstName")
        }
        guard let last = try fields.text("lastName", atMost: 64) ?? old?.lastName else {
            throw SectigoError.missing("lastName")
        }
        guard let email = try fields.text("email", atMost: 128) ?? old?.email else {
            throw SectigoError.missing("email")
        }
        guard MailAddress.isWellFormed(email) else { throw SectigoError.invalid("email", "'\(email)' is no address") }
        guard let validation = try fields.text("validationType") ?? old?.validationType else {
            throw SectigoError.missing("validationType")
        }
        guard ["STANDARD", "HIGH"].contains(validation) else {
            throw SectigoError.invalid("validationType", validation)
        }
        guard let organization = try fields.number("organizationId") ?? old?.organizationID else {
            throw SectigoError.missing("organizationId")
        }
        guard SectigoOrganization.all.contains(organization) else {
            throw SectigoError.reply(-1023, "Organization is not found.")
        }
        let phone = try fields.text("phone", atMost: 32) ?? old?.phone
        guard phone?.allSatisfy({ "#|0123456789()-+ x".contains($0) }) != false else {
            throw SectigoError.invalid("phone", "it has other characters than digits and #|()-+ x")
        }
        let secondary = try fields.texts("secondaryEmails")
        return SectigoPerson(
            id: old?.id ?? 0, firstName: first, middleName: try fields.text("middleName", atMost: 64) ?? "",
            lastName: last, email: email, organizationID: organization, validationType: validation, phone: phone,
            secondaryEmails: secondary.isEmpty ? old?.secondaryEmails ?? [] : secondary,
            commonName: try fields.text("commonName", atMost: 64) ?? old?.commonName,
            eppn: try fields.text("eppn", atMost: 128) ?? old?.eppn,
            upn: try fields.text("upn", atMost: 256) ?? old?.upn,
            created: old?.created ?? account.now, modified: account.now)
    }
}
