// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// What the tenant holds, and its switches.
struct TenantControl: Sendable {
    let tenant: Tenant

    var routes: [Route] {
        [
            Route("control.pfx", "GET", "/control/pfx") { _ in
                .json([
                    "pfx": .array(tenant.pfx.all.map { $0.json(showsSecrets: true) }),
                    "deleted": .array(tenant.pfx.deleted.map { $0.json() }),
                ])
            },
            Route("control.deletePFX", "POST", "/control/pfx") { call in
                guard let name = call.json?["deleteNewestOf"]?.string?.lowercased() else {
                    throw ControlError.reply("'deleteNewestOf' must be a user principal name")
                }
                let newest = tenant.pfx.all.last { $0.userPrincipalName.lowercased() == name }
                return .json(["deleted": .bool(newest.map { tenant.pfx.delete($0.id) } ?? false)])
            },
            Route("control.resetDelta", "POST", "/control/reset-delta") { call in
                let status = call.json?["status"]?.int ?? 410
                guard status == 410 || status == 400 else { throw ControlError.reply("'status' is 410 or 400") }
                tenant.deltaTokens.reset(status: status)
                return .json(["deltaLinks": "reset"])
            },
            Route("control.mails", "GET", "/control/mails") { _ in
                .json(["mails": .array(tenant.mail.all.map(\.json))])
            },
            Route("control.changeMails", "POST", "/control/mails") { call in
                guard call.json?["clear"]?.bool == true else { throw ControlError.reply("expected {\"clear\":true}") }
                tenant.mail.clear()
                return .json(["mails": []])
            },
            Route("control.tenant", "POST", "/control/tenant") { try set($0) },
            Route("control.sessions", "GET", "/control/sessions") { _ in
                .json([
                    "sessions": .array(
                        tenant.signIn.sessions.map { session in
                            let person = tenant.directory.state.person(session.person)
                            return [
                                "sid": .string(session.id), "person": .string(person.userPrincipalName),
                                "frames": JSONValue(tenant.signInEndpoints.frames(session)),
                            ]
                        })
                ])
            },
        ]
    }

    private func set(_ call: Call) throws(Reply) -> Reply {
        guard let members = call.json?.object else { throw ControlError.reply("expected a JSON object") }
        for (name, value) in members {
            switch name {
            case "roles": tenant.tokens.grant(Set(value.array?.compactMap(\.string) ?? []))
            case "tokenLifetime": tenant.tokens.setLifetime(value.int ?? 3599)
            case "expireTokens": tenant.tokens.expireAll()
            case "secretExpired": tenant.tokenEndpoint.setSecretExpired(value.bool == true)
            case "loopLimit": tenant.tokenEndpoint.loops.setLimit(value.int)
            case "refusedSenders": tenant.mail.refuse(value.array?.compactMap(\.string) ?? [])
            case "replaceDuplicatePFX": tenant.pfx.setReplacesDuplicates(value.bool == true)
            default: try setSignIn(name, value)
            }
        }
        return .json(.object(members))
    }

    /// Switches of people's sign-in.
    private func setSignIn(_ name: String, _ value: JSONValue) throws(Reply) {
        let words = value.array?.compactMap(\.string) ?? []
        switch name {
        case "rotateSigningKeys":
            do {
                try tenant.signingKeys.rotate(dropping: value.string == "drop")
            } catch { throw ControlError.reply("\(error)", status: 500) }
        case "tokenFault":
            let fault = value.string.flatMap(TokenFault.init)
            guard fault != nil || value.isNull else {
                throw ControlError.reply(
                    "'tokenFault' is null or one of \(TokenFault.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            tenant.signingKeys.setFault(fault)
        case "redirectURIs": tenant.signIn.set { $0.redirectURIs = words }
        case "logoutURLs": tenant.signIn.set { $0.logoutURLs = words }
        case "groupClaims": tenant.signIn.set { $0.groupClaims = value.bool == true }
        case "groupLimit": tenant.signIn.set { $0.groupLimit = value.int ?? 200 }
        case "applicationRoles": tenant.signIn.set { $0.applicationRoles = words }
        case "tokenVersion": tenant.signIn.set { $0.tokenVersion = value.int ?? 2 }
        case "requiresAssignment": tenant.signIn.set { $0.requiresAssignment = value.bool == true }
        case "assignments":
            for (key, roles) in value.object ?? [:] {
                guard let number = tenant.directory.presentNumber(key) else {
                    throw ControlError.reply("there is no person '\(key)'")
                }
                let values = roles.array?.compactMap(\.string) ?? []
                tenant.signIn.set { $0.assignments[number] = values }
            }
        default: throw ControlError.reply("the tenant has no switch '\(name)'")
        }
    }
}
