// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Secrets
import YAMLDocuments

@testable import SOAPPlugin

/// One backend CA in a test: a connector with a scripted network.
struct Backend {
    let connector: SOAPConnector
    let http: ScriptedClient
    let clock = TestClock()

    init(
        profile: String, values: [String: JSONValue] = [:], secrets: [String: String] = [:], _ http: ScriptedClient
    ) throws {
        self.http = http
        let profile = try ConnectorProfile.read(profile, file: "test.yaml")
        let settings = try profile.settings(
            values: values, secrets: secrets.mapValues { Secret($0) }, endpoint: "https://ca.example/soap")
        connector = try SOAPConnector(
            profile: profile, settings: settings,
            services: ConnectorServices(
                http: http, clock: clock, logger: SilentLogger(), rateLimiter: CountingLimiter()))
    }

    /// A shipped profile with its settings.
    init(_ name: String, _ http: ScriptedClient) throws {
        let values: [String: [String: JSONValue]] = [
            "globaltrust": ["uid": "U-1001"], "ejbca": ["caName": "ManagementCA", "endEntityProfile": "people"],
        ]
        try self.init(
            profile: Fixture.profile(name), values: values[name] ?? [:],
            secrets: ["operatorCertificate": ClientFile.pem()], http)
    }
}

/// The order that the fixtures are about.
enum Example {
    static func request(reference: String = "gw-7f3a", emails: [String]? = nil) throws -> CertificateRequest {
        CertificateRequest(
            reference: reference, product: "smime", csr: try Fixture.csr(),
            names: RequestedNames(
                commonName: "Ada Example", givenName: "Ada", surname: "Example",
                emails: emails ?? ["ada@example.org", "a.example@example.org"]),
            validityDays: 365, purpose: .smime)
    }

    static func revocation(_ reason: RevocationReason = .superseded) throws -> RevocationRequest {
        RevocationRequest(
            certificate: try Fixture.certificate("leaf"), order: CAOrder(caRequestID: "gw-7f3a"), reason: reason,
            comment: "replaced")
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ value: Any) { description = "\(value)" }
}

/// The profile text around operations.
func smallProfile(_ operations: String = "", soap: String = "version: 1.1", login: String = "", errors: String = "")
    -> String
{
    """
    connector: small
    title: Small
    module: soap
    environments: {production: https://ca.example/soap}
    settings:
      user: {type: text, title: User, required: false}
      password: {type: secret, title: Password, required: false}
    \(login)
    soap:
      \(soap)
      namespaces: {t: "urn:t"}
    operations:
      check:
        request: {action: "urn:t:Who", body: "<t:Who/>"}
        read: {name: t:Name}
        outcomes: [{when: .answer.name, account: {name: .answer.name}}]
      enroll:
        request:
          action: urn:t:Order
          body: |
            <t:Order kind="${ .request.product }">
              <t:Note>${ .request.reference }</t:Note>
              <t:Mail c:each=".request.names.emails" c:if='.item != "skip"'>${ .item }</t:Mail>
            </t:Order>
        read:
          id: t:Id
          certificate: {path: t:Certificate, decode: [base64, certificate]}
        outcomes:
          - {when: .answer.certificate, issued: {chain: .answer.certificate, orderID: .answer.id}}
          - {when: .answer.id, pending: {orderID: .answer.id}}
      poll:
        request: {body: "<t:Get>${ .order.caRequestID }</t:Get>"}
        read: {certificate: {path: t:Certificate, decode: [base64, certificate]}, state: t:State}
        outcomes:
          - {when: .answer.certificate, issued: {chain: .answer.certificate}}
          - {when: .answer.state, pending: {detail: .answer.state}}
    \(operations)
    \(errors)
    """
}
