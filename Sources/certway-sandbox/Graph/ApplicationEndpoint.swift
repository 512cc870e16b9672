// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// The tenant's registrations, `GET /applications?$filter=appId eq '…'`, as far as a sign-in depends on them (wire/entra-oidc.md sections 2
/// and 4).
struct ApplicationEndpoint: Sendable {
    let clients: [String]
    let signIn: SignInState
    let access: GraphAccess
    let url: String

    var routes: [Route] { [Route("graph.applications", "GET", "/v1.0/applications") { try list($0) }.listing] }

    private func list(_ call: Call) throws(Reply) -> Reply {
        try access.require(
            ["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"], call
        )
        let query = GraphQuery(call)
        let wanted = (query["filter"] ?? "").split(separator: "'").dropFirst().first.map(String.init)
        let found = clients.filter { wanted == nil || $0 == wanted }
        let claims: [JSONValue] = ["auth_time", "login_hint"].map { name -> JSONValue in
            .object(["name": .string(name), "essential": .bool(false), "additionalProperties": .array([])])
        }
        let switches = signIn.switches
        let addresses = SignInEndpoints.loopback + switches.redirectURIs
        let registrations: [JSONValue] = found.map { client -> JSONValue in
            .object([
                "appId": .string(client),
                "groupMembershipClaims": switches.groupClaims ? .string("SecurityGroup") : .null,
                "web": .object(["redirectUris": JSONValue(addresses)]),
                "optionalClaims": .object([
                    "idToken": .array(claims), "accessToken": .array([]), "saml2Token": .array([]),
                ]),
            ])
        }
        return .json(
            .object([
                "@odata.context": .string("\(query.root(url))/$metadata#applications"),
                "value": .array(registrations),
            ]))
    }
}
