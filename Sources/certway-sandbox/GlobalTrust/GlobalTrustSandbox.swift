// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSONDocuments
import PKIX

/// The sandbox of GLOBALTRUST, with a contract that is assumed (wire/soap.md section 4).
final class GlobalTrustSandbox: CASandbox {
    static let name = "globaltrust"
    private static let path = "/soap/certificates"

    private let server: CAServer
    private let units: [GlobalTrustUnit]
    private let operatorCertificate: OperatorCertificate
    private let otherOperators: [String: OperatorCertificate]
    private let token: UsernameToken

    init(_ setup: CASetup) throws {
        var policy = OrderPolicy()
        policy.allowsKeyReuse = false
        // Every unit has domains of its own.
        policy.mailDomains = nil
        policy.makeID = { number, _, _ in "GT-2026-" + String(String(1_000_916 + number).dropFirst()) }
        server = try CAServer(
            Self.name, title: "GLOBALTRUST", setup: setup, transport: .httpsWithClientCertificate, policy: policy)
        server.switches.declare(SOAPService.switches)
        server.switches.declare(["quota": 1_000_000])
        server.switches.declare(lacking: [.securityIdentifiers, .cancelling, .renewing, .tokens, .lists])
        units = [
            GlobalTrustUnit(uid: "U-1001", domains: [PersonGenerator.domain, PersonGenerator.aliasDomain]),
            GlobalTrustUnit(uid: "U-2002", domains: [PersonGenerator.aliasDomain]),
        ]
        operatorCertificate = try server.operators.make("Operator")
        otherOperators = [
            "expired": try server.operators.make("Operator", days: -1),
            "foreign": try server.operators.makeForeign("Operator"),
        ]
        token = UsernameToken(
            user: "gateway", password: GUID.random(), clock: setup.surroundings.clock)
        let operators = server.operators
        let operations = GlobalTrustOperations(server: server, units: units)
        SOAPService(
            contract: GlobalTrustContract.contract, server: server, path: Self.path, prefix: "globaltrust",
            dialect: SOAPDialect(), subjects: ["RequestReference", "OrderId", "SerialNumber"],
            gate: { request in
                switch operators.check(request) {
                case .valid: break
                case .expired: throw GlobalTrustFault.operatorExpired.fault("the operator certificate has expired")
                case .missing: throw GlobalTrustFault.authFailed.fault("an operator certificate is needed")
                case .foreign: throw GlobalTrustFault.authFailed.fault("the operator certificate is not known")
                }
            }, handler: { try operations.answer($0, $1) }
        ).begin(token)
    }

    var json: JSONValue {
        server.json(
            path: Self.path,
            settings: ["uid": .string(units[0].uid), "operatorCertificate": .string(operatorCertificate.bundlePEM)],
            products: GlobalTrustOperations.products.map(\.id),
            others: [
                "validityDays": 365,
                "otherSettings": .object(
                    otherOperators.mapValues { ["operatorCertificate": .string($0.bundlePEM)] }
                        .merging([
                            "aliasDomainOnly": ["uid": .string(units[1].uid)],
                            "usernameToken": ["user": .string(token.user), "password": .string(token.password)],
                        ]) { one, _ in one }),
            ])
    }

    var control: any CAControl { server.book }

    func stop() { server.stop() }
}
