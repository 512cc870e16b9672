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
            Route("control.tenant", "POST", "/control/tenant") { try set($0) },
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
            case "replaceDuplicatePFX": tenant.pfx.setReplacesDuplicates(value.bool == true)
            default: throw ControlError.reply("the tenant has no switch '\(name)'")
            }
        }
        return .json(.object(members))
    }
}
