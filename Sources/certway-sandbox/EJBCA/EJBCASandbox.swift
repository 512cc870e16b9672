// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSONDocuments
import PKIX

/// The sandbox of an EJBCA with its web service (wire/soap.md section 5).
final class EJBCASandbox: CASandbox {
    static let name = "ejbca"
    private static let path = "/ejbca/ejbcaws/ejbcaws"

    private let server: CAServer
    private let administrator: OperatorCertificate
    private let otherAdministrators: [String: OperatorCertificate]

    init(_ setup: CASetup) throws {
        var policy = OrderPolicy()
        policy.allowsKeyReuse = false
        // Ids of approvals are numbers.
        policy.makeID = { number, _, first in String((first ?? 470_001) + number - 1) }
        server = try CAServer(
            Self.name, title: "EJBCA", setup: setup, transport: .httpsWithClientCertificate, policy: policy)
        server.switches.declare(SOAPService.switches)
        server.switches.declareOrderNumbers(of: Self.name, hostility: setup.surroundings.hostility)
        server.switches.declare(lacking: [.securityIdentifiers, .cancelling, .renewing, .tokens, .lists])
        administrator = try server.operators.make("Administrator")
        otherAdministrators = [
            "expired": try server.operators.make("Administrator", days: -1),
            "foreign": try server.operators.makeForeign("Administrator"),
        ]
        let operators = server.operators
        let operations = EJBCAOperations(server: server, users: EJBCAUsers())
        SOAPService(
            contract: EJBCAContract.contract, server: server, path: Self.path, prefix: "ejbca",
            dialect: SOAPDialect(), subjects: ["username", "arg0", "arg1"],
            gate: { request in
                guard case .valid = operators.check(request) else {
                    throw EJBCAFault.denied("Administrator not authorized: no valid client certificate of a known role")
                }
            }, handler: { message, _ in try operations.answer(message) }
        ).begin()
    }

    var json: JSONValue {
        server.json(
            path: Self.path,
            settings: [
                "operatorCertificate": .string(administrator.bundlePEM), "caName": .string(EJBCAProfiles.authority),
                "endEntityProfile": .string(EJBCAProfiles.endEntityProfile),
            ], products: EJBCAProfiles.products.map(\.id),
            others: [
                "validityDays": 730,
                "otherSettings": .object(
                    otherAdministrators.mapValues { ["operatorCertificate": .string($0.bundlePEM)] }),
            ])
    }

    var control: any CAControl { server.book }

    func stop() { server.stop() }
}
