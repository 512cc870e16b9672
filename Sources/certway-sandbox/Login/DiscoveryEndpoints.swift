// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// What clients ask before they sign in: where the tenant's endpoints are (wire/entra-oidc.md section 1), and whether a host
/// is one of Microsoft's (instance discovery, as msal sends it).
struct DiscoveryEndpoints: Sendable {
    let tenantID: String
    let sandboxURL: String
    let keys: SigningKeys

    private static let manyTenants = ["common", "organizations", "consumers"]

    var routes: [Route] {
        [
            Route("openid.configuration", "GET", "/{tenant}/v2.0/.well-known/openid-configuration") {
                try configuration($0)
            },
            Route("openid.keys", "GET", "/{tenant}/discovery/v2.0/keys") { call in
                .json(keys.json(issuer: "\(MicrosoftHosts.origin(of: call.request, own: sandboxURL))/{tenantid}/v2.0"))
            },
            Route("login.instances", "GET", "/common/discovery/instance") { try instances($0) },
        ]
    }

    private func configuration(_ call: Call) throws(Reply) -> Reply {
        let tenant = call["tenant"].lowercased()
        guard [tenantID, PersonGenerator.domain].contains(tenant) || Self.manyTenants.contains(tenant) else {
            throw LoginDialect.error(90002, "invalid_tenant", "Tenant '\(tenant)' not found. Check the tenant ID.")
        }
        let base = MicrosoftHosts.origin(of: call.request, own: sandboxURL)
        // The issuer names the tenant by its id, however the path does.
        let issuer = Self.manyTenants.contains(tenant) ? "{tenantid}" : tenantID
        return .json([
            "issuer": .string("\(base)/\(issuer)/v2.0"),
            "authorization_endpoint": .string("\(base)/\(tenant)/oauth2/v2.0/authorize"),
            "token_endpoint": .string("\(base)/\(tenant)/oauth2/v2.0/token"),
            "device_authorization_endpoint": .string("\(base)/\(tenant)/oauth2/v2.0/devicecode"),
            "end_session_endpoint": .string("\(base)/\(tenant)/oauth2/v2.0/logout"),
            "jwks_uri": .string("\(base)/\(tenant)/discovery/v2.0/keys"),
            "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "subject_types_supported": ["pairwise"], "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_post", "private_key_jwt", "client_secret_basic",
            ],
            "frontchannel_logout_supported": true, "http_logout_supported": true, "tenant_region_scope": "EU",
            "cloud_instance_name": "microsoftonline.com",
        ])
    }

    private func instances(_ call: Call) throws(Reply) -> Reply {
        guard let asked = call.request.query("authorization_endpoint").flatMap(URLComponents.init),
            let host = asked.host, let tenant = asked.path.split(separator: "/").first
        else {
            throw LoginDialect.error(
                900144, "invalid_request",
                "The request body must contain the following parameter: 'authorization_endpoint'.")
        }
        // A cloud that is not Microsoft's knows itself; Microsoft's does not know it.
        let origin = MicrosoftHosts.origin(of: call.request, own: sandboxURL)
        let isOwn = origin == sandboxURL && host == URLComponents(string: sandboxURL)?.host
        guard isOwn || MicrosoftHosts.login.contains(host) else {
            throw LoginDialect.error(50049, "invalid_instance", "Unknown or invalid instance.")
        }
        let base = isOwn ? sandboxURL : "https://\(host)"
        let names = isOwn ? [host] : MicrosoftHosts.login
        return .json([
            "tenant_discovery_endpoint": .string("\(base)/\(tenant)/v2.0/.well-known/openid-configuration"),
            "api-version": "1.1",
            "metadata": [
                [
                    "preferred_network": .string(names[0]), "preferred_cache": .string(names[0]),
                    "aliases": JSONValue(names),
                ]
            ],
        ])
    }
}
