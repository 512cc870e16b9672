// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Types, custom fields and organizations (wire/sectigo-scm.md section 4).
struct SectigoAccountEndpoints: Sendable {
    let account: SectigoAccount

    var routes: [Route] {
        SectigoAccount.twins("types", "GET", "/types") { call in
            let types = account.types
            guard let text = call.request.query("organizationId") else { return .json(.array(types.map(\.json))) }
            guard let id = Int(text), SectigoOrganization.all.contains(id) else {
                throw SectigoError.reply(-1023, "Organization is not found.")
            }
            return .json(.array(types.filter { $0.organizations.contains(id) }.map(\.json)))
        }
            + SectigoAccount.twins("customFields", "GET", "/customFields") { _ in
                .json([
                    [
                        "id": 58, "name": "Cost centre",
                        "mandatory": account.switches.own("mandatoryCustomField") ?? false,
                    ]
                ])
            } + [
                Route("sectigo.organizations", "GET", "/organization/v1") { _ in .json([SectigoOrganization.json]) },
                Route("sectigo.organization", "GET", "/organization/v1/{id}") { call in
                    guard let id = Int(call["id"]), SectigoOrganization.all.contains(id) else {
                        throw SectigoError.reply(-1023, "Organization is not found.", status: 404)
                    }
                    return .json(SectigoOrganization.details(id))
                },
            ]
    }
}
