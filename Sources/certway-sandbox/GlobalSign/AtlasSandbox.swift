// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// The sandbox of GlobalSign Atlas, the certificate management API "HVCA" (wire/globalsign-atlas.md).
final class AtlasSandbox: CASandbox {
    static let name = "globalsign-atlas"

    private let server: CAServer
    private let account: AtlasAccount
    private let client: OperatorCertificate
    private let otherClients: [String: OperatorCertificate]

    init(_ setup: CASetup) throws {
        var policy = OrderPolicy()
        // The validation policy alone decides about names.
        policy.mailDomains = nil
        policy.makeID = { _, serial, _ in serial.hex }
        server = try CAServer(
            Self.name, title: "GlobalSign", setup: setup, transport: .httpsWithClientCertificate, policy: policy)
        // Lists lag behind by up to 5 seconds.
        server.switches.declare([
            "quota": 1_000_000, "statsLag": setup.surroundings.hostility == nil ? 1 : 4, "strictContentType": false,
            "policy": nil,
        ])
        server.switches.declare(lacking: [.securityIdentifiers, .cancelling])
        client = try server.operators.make("Atlas client")
        otherClients = [
            "expired": try server.operators.make("Atlas client", days: -1),
            "foreign": try server.operators.makeForeign("Atlas client"),
        ]
        let domains = [PersonGenerator.domain, PersonGenerator.aliasDomain]
        let expiry = Int(server.authority.issuing.notAfter.timeIntervalSince1970)
        let product = { (id: String, keyTypes: Set<KeyType>) in
            SandboxProduct(
                id: id, name: "S/MIME and client authentication", profile: .smimeMultipurpose, keyTypes: keyTypes,
                days: 0...1100, needsAddress: false)
        }
        account = AtlasAccount(
            server: server,
            credentials: [
                .init(
                    key: Self.random(16), secret: Self.random(40),
                    policy: try .rsa(domains: domains, issuerExpiry: expiry),
                    product: product("smime", [.rsa2048, .rsa3072, .rsa4096])),
                .init(
                    key: Self.random(16), secret: Self.random(40),
                    policy: try .ecdsa(domains: domains, issuerExpiry: expiry),
                    product: product("smime-ecdsa", [.p256, .p384])),
            ], tokens: AccessTokens(lifetime: 600, clock: setup.surroundings.clock, switches: server.switches))
        let account = account
        server.begin(
            AtlasDialect(),
            routes: AtlasLoginEndpoints(account: account).routes + AtlasOrderEndpoints(account: account).routes
                + AtlasRevocationEndpoints(account: account).routes + AtlasStatsEndpoints(account: account).routes
        ) { try account.admit($0) }
    }

    var json: JSONValue {
        let settings = account.credentials.map { credential -> JSONValue in
            [
                "apiKey": .string(credential.key), "apiSecret": .string(credential.secret),
                "clientCertificate": .string(client.bundlePEM),
            ]
        }
        return server.json(
            path: "/v2", settings: settings[0], products: [account.credentials[0].product.id],
            others: [
                "validityDays": 365,
                "otherSettings": .object(
                    otherClients.mapValues { ["clientCertificate": .string($0.bundlePEM)] }
                        .merging(["ecdsa": settings[1]]) { one, _ in one }),
            ])
    }

    var control: any CAControl { server.book }

    func stop() { server.stop() }

    private static func random(_ digits: Int) -> String {
        String((GUID.random() + GUID.random()).filter { $0 != "-" }.prefix(digits))
    }
}
