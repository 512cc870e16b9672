// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSONDocuments

/// The sandbox of Sectigo Certificate Manager (wire/sectigo-scm.md): both front doors behind one address.
final class SectigoSandbox: CASandbox {
    static let name = "sectigo-scm"

    private let server: CAServer
    private let access: SectigoAccess
    private let valid: OperatorCertificate
    private let expired: OperatorCertificate
    private let foreign: OperatorCertificate

    init(_ setup: CASetup) throws {
        server = try CAServer(
            Self.name, title: "Sectigo", setup: setup, transport: .httpsWithClientCertificate,
            policy: OrderPolicy(makeID: { number, _, first in String((first ?? 1_000_200_301) + number - 1) }),
            keyType: .rsa2048,
            intermediates: 2)
        server.switches.declare([
            "maximumPerPerson": .null, "pageCap": 200, "errorCode": .null, "mandatoryCustomField": false,
            "renamedProducts": [:],
        ])
        server.switches.declareOrderNumbers(of: Self.name, hostility: setup.surroundings.hostility)
        server.switches.declare(lacking: [.securityIdentifiers, .cancelling, .rejectionReasons])
        access = SectigoAccess(server: server)
        valid = try server.operators.make("certway-api")
        expired = try server.operators.make("certway-api", days: -1)
        foreign = try server.operators.makeForeign("certway-api")
        let account = SectigoAccount(server: server)
        let routes =
            SectigoAccountEndpoints(account: account).routes + SectigoPersonEndpoints(account: account).routes
            + SectigoEnrollEndpoints(account: account).routes + SectigoCollectEndpoint(account: account).routes
            + SectigoRevokeEndpoints(account: account).routes + SectigoListEndpoints(account: account).routes
        begin(routes)
    }

    private func begin(_ routes: [Route]) {
        let access = access
        let service = { (routes: [Route], gate: @escaping @Sendable (Call) throws -> Void) in
            Service(
                SectigoDialect(), routes: routes, surroundings: self.server.surroundings,
                switches: self.server.switches,
                gate: gate)
        }
        let classic = service(routes) { try access.admit($0, isPrivate: false) }
        let certified = service(routes) { try access.admit($0, isPrivate: true) }
        let login = service([access.tokenRoute]) { _ in }
        server.begin { request in
            var inner = request
            for (prefix, service) in [("/private/api/", certified), ("/api/", classic)]
            where request.path.hasPrefix(prefix) {
                inner.path = "/" + request.path.dropFirst(prefix.count)
                return service.answer(inner)
            }
            return login.answer(request)
        }
    }

    var json: JSONValue {
        server.json(
            path: "/api",
            settings: [
                "customerURI": .string(access.customerURI), "login": .string(access.login),
                "password": .string(access.password), "organizationID": JSONValue(SectigoOrganization.id),
            ],
            products: SectigoCertificateType.all.dropLast().map { String($0.id) },
            others: [
                "validityDays": 365,
                "otherSettings": [
                    "oauth2": [
                        "clientID": .string(access.clientID), "clientSecret": .string(access.clientSecret),
                        "tokenURL": .string(access.tokenURL), "organizationID": JSONValue(SectigoOrganization.id),
                    ],
                    "certificate": [
                        "endpoint": .string("\(server.url)/private/api"),
                        "customerURI": .string(access.customerURI), "login": .string(access.login),
                        "clientCertificate": .string(valid.bundlePEM),
                        "expiredCertificate": .string(expired.bundlePEM),
                        "foreignCertificate": .string(foreign.bundlePEM),
                        "organizationID": JSONValue(SectigoOrganization.id),
                    ],
                ],
            ])
    }

    var control: any CAControl { server.book }

    func stop() { server.stop() }
}
