// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Who the caller is and what the account has (wire/digicert-certcentral.md sections 1, 3 and 11).
struct AccountEndpoints: Sendable {
    let account: DigiCertAccount

    var routes: [Route] {
        [
            Route("digicert.check", "GET", "/services/v2/user/me") { _ in .json(Self.user) },
            Route("digicert.account", "GET", "/services/v2/account") { _ in
                .json(["id": 7001, "name": "Sandbox", "active": true])
            },
            Route("digicert.products", "GET", "/services/v2/product") { _ in
                .json(["products": .array(DigiCertProduct.all.map(\.json))])
            },
            Route("digicert.product", "GET", "/services/v2/product/{product}") { call in
                guard let product = DigiCertProduct.named(call["product"]) else {
                    throw DigiCertError.notFound("product")
                }
                return .json(product.details)
            },
            Route("digicert.organizations", "GET", "/services/v2/organization") { _ in
                .json([
                    "organizations": [DigiCertOrganization.json(account.clock.now)],
                    "page": ["total": 1, "limit": 1000, "offset": 0],
                ])
            },
            Route("digicert.organization", "GET", "/services/v2/organization/{id}") { call in
                guard call["id"] == String(DigiCertAccount.organizationID) else {
                    throw DigiCertError.notFound("organization")
                }
                return .json(DigiCertOrganization.json(account.clock.now))
            },
            Route("digicert.containers", "GET", "/services/v2/container") { _ in
                .json(["containers": [DigiCertOrganization.container]])
            },
            Route("digicert.metadata", "GET", "/services/v2/account/metadata") { _ in
                .json([
                    "metadata": .array(
                        DigiCertAccount.metadata.map {
                            [
                                "id": JSONValue($0.id), "label": .string($0.label), "is_required": false,
                                "is_active": true,
                            ]
                        })
                ])
            },
        ]
    }

    private static let user: JSONValue = [
        "id": 5001, "username": "api@sandbox.example", "account_id": 7001, "first_name": "Api", "last_name": "User",
        "email": "api@sandbox.example", "status": "active", "type": "standard", "has_container_assignments": false,
        "container": DigiCertOrganization.container, "access_roles": [["id": 1, "name": "Administrator"]],
    ]
}
