// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments
import PKIX

/// The sandbox of a Microsoft CA with its web pages under `/certsrv` (wire/adcs-http.md).
///
/// It serves two addresses: one over TLS with Basic authentication, and one for a web server on the same machine that has
/// done NTLM or Kerberos and says in a header who it was.
final class CertificateServicesSandbox: CASandbox {
    static let name = "adcs"
    private static let path = "/certsrv"

    private let server: CAServer
    private let behindProxy: HTTPServer
    private let domain: WindowsDomain
    private let agent: OperatorCertificate
    private let foreignAgent: OperatorCertificate
    private let expiredAgent: OperatorCertificate
    private let notAnAgent: OperatorCertificate

    init(_ setup: CASetup) throws {
        let database = RequestDatabase()
        let policy = OrderPolicy(mailDomains: nil, makeID: { _, _, first in String(database.nextID(from: first)) })
        let server = try CAServer(
            Self.name, title: "Certificate Services", setup: setup, transport: .https, policy: policy,
            hasResponder: false)
        server.switches.declare(CertificateServicesSwitches.initial)
        server.switches.declareOrderNumbers(of: Self.name, hostility: setup.surroundings.hostility)
        server.switches.declare(lacking: [.cancelling, .renewing, .tokens, .lists, .revoking])
        let settings = CertificateServicesSwitches(switches: server.switches)
        domain = WindowsDomain(directory: setup.directory, settings: settings)
        let services = CertificateServices(
            server: server,
            formerAuthority: try IssuingAuthority(
                name: "Certificate Services", url: server.publicationURL + "/former", clock: setup.surroundings.clock),
            domain: domain, database: database, settings: settings)
        self.server = server

        let purposes = [PolicyModule.enrollmentAgent]
        func makeAgent(_ name: String, days: Int = 365, purposes: [KeyPurpose]) throws -> OperatorCertificate {
            try .make(
                subject: [("O", "Certificate Services Sandbox"), ("CN", name)], days: days,
                now: setup.surroundings.clock.now, purposes: purposes
            ) { try server.authority.sign($0) }
        }
        agent = try makeAgent("Enrollment Agent", purposes: purposes)
        expiredAgent = try makeAgent("Expired Enrollment Agent", days: -1, purposes: purposes)
        notAnAgent = try makeAgent("Not an Enrollment Agent", purposes: [.clientAuthentication])
        foreignAgent = try server.operators.makeForeign("Enrollment Agent")

        let proxied = Service(
            CertificateServicesDialect(),
            routes: Self.routes(services, .trustedHeader(AccountCheck.proxyHeader)),
            surroundings: setup.surroundings, switches: server.switches)
        behindProxy = try HTTPServer { proxied.answer($0) }
        server.begin(CertificateServicesDialect(), routes: Self.routes(services, .basic))
    }

    private static func routes(_ services: CertificateServices, _ check: AccountCheck) -> [Route] {
        SubmitPage(services: services, check: check).routes + DownloadPages(services: services, check: check).routes
            + BrowserPages(services: services, check: check).routes
    }

    var json: JSONValue {
        server.json(
            path: Self.path,
            settings: [
                "authentication": "basic", "user": .string(domain.gateway.name),
                "password": .string(domain.password(of: domain.gateway)), "domain": .string(WindowsDomain.netBIOSName),
            ],
            products: CertificateTemplate.published.map { .init($0.name) },
            others: [
                "logon": logon,
                "validityDays": 365,
                "otherSettings": [
                    "agentCertificate": .string(agent.bundlePEM),
                    "expiredAgentCertificate": .string(expiredAgent.bundlePEM),
                    "foreignAgentCertificate": .string(foreignAgent.bundlePEM),
                    "certificateThatIsNoAgent": .string(notAnAgent.bundlePEM),
                    "caName": .string(CertificateServices.authorityName),
                    "accounts": .object(
                        Dictionary(uniqueKeysWithValues: domain.passwords.map { ($0.name, .string($0.password)) })),
                    "peoplePassword": .string(domain.peoplePassword),
                    "behindProxy": [
                        "endpoint": .string(behindProxy.url + Self.path), "header": .string(AccountCheck.proxyHeader),
                    ],
                ],
            ])
    }

    /// What an order for logon must name; null without people.
    private var logon: JSONValue {
        guard let template = CertificateTemplate.published.first(where: \.checksLogonName),
            let person = domain.somebody
        else { return nil }
        return [
            "product": .string(template.name), "userPrincipalName": .string(person.userPrincipalName),
            "securityIdentifier": .string(person.securityIdentifier),
        ]
    }

    var control: any CAControl { server.book }

    func stop() {
        behindProxy.stop()
        server.stop()
    }
}
