// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// What a tenant says of its sign-in (OpenID Connect Discovery; wire/entra-oidc.md section 1).
public struct OpenIDConfiguration: Sendable, Hashable {
    /// As it stands in tokens; it names the tenant by its id.
    public let issuer: String
    /// Where a browser goes to sign in.
    public let authorizationEndpoint: String
    /// Where the keys are that tokens are signed with.
    public let keysAddress: String
    /// Where a browser goes to sign out of the tenant.
    public let endSessionEndpoint: String?

    /// - Throws: `GraphError` of kind `transient` for what is no such document.
    init(_ json: JSONValue) throws(GraphError) {
        guard let issuer = json["issuer"]?.string, let authorization = json["authorization_endpoint"]?.string,
            let keys = json["jwks_uri"]?.string
        else {
            throw GraphError(.transient, "the tenant's openid-configuration lacks issuer, endpoint or keys")
        }
        self.issuer = issuer
        (authorizationEndpoint, keysAddress) = (authorization, keys)
        endSessionEndpoint = json["end_session_endpoint"]?.string
    }

    /// Id of the tenant, by the issuer; nil for an issuer without one, such as that of many tenants.
    public var tenantID: String? {
        let parts = issuer.split(separator: "/")
        guard parts.count >= 2, parts.last == "v2.0" else { return nil }
        let id = parts[parts.count - 2]
        return id.utf8.count == 36 && id.allSatisfy { $0.isHexDigit || $0 == "-" } ? id.lowercased() : nil
    }
}
