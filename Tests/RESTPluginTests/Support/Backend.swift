// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import PKIX
import Secrets
import YAMLDocuments

@testable import RESTPlugin

/// One backend CA in a test: a connector with a scripted network.
struct Backend {
    let connector: RESTConnector
    let http: ScriptedClient
    let clock = TestClock()
    let limiter = CountingLimiter()

    /// - Parameter profile: YAML.
    init(
        profile: String, values: [String: JSONValue] = [:], secrets: [String: String] = [:],
        endpoint: String = "https://ca.example/api", _ http: ScriptedClient
    ) throws {
        self.http = http
        let profile = try ConnectorProfile.read(profile, file: "test.yaml")
        let settings = try profile.settings(
            values: values, secrets: secrets.mapValues { Secret($0) }, endpoint: endpoint)
        connector = try RESTConnector(
            profile: profile, settings: settings,
            services: ConnectorServices(http: http, clock: clock, logger: SilentLogger(), rateLimiter: limiter))
    }

    /// A connector to CertCentral with every setting given.
    init(
        digicert http: ScriptedClient, values: [String: JSONValue] = [:], without: Set<String> = []
    ) throws {
        let all: [String: JSONValue] = ["organizationID": 112233, "containerID": 445566, "paymentMethod": "balance"]
        try self.init(
            profile: Folder.text(Folder.connectors.appendingPathComponent("digicert-certcentral.yaml")),
            values: all.filter { !without.contains($0.key) }.merging(values) { _, new in new },
            secrets: ["apiKey": "planted-key"], endpoint: "https://ca.example/services/v2", http)
    }
}

/// The order that the fixtures are about.
enum Example {
    static let order = CAOrder(caRequestID: "900100", identifiers: ["requestID": "300200", "certificateID": "456789"])

    static func request(
        product: String = "secure_email_sponsor", purpose: CertificatePurpose = .smime, validityDays: Int? = 365,
        options: JSONValue = [:]
    ) throws -> CertificateRequest {
        CertificateRequest(
            reference: "gw-7f3a", product: product,
            csr: try CertificateSigningRequest(pem: Folder.fixture("certificates/leaf.csr")),
            names: RequestedNames(
                commonName: "Ada Example", givenName: "Ada", surname: "Example",
                emails: ["ada@example.org", "a.example@example.org"]),
            validityDays: validityDays, purpose: purpose, options: options)
    }
}

/// The profile text around operations; `{OPERATIONS}` of a test stands below `check` and `enroll`.
func smallProfile(
    _ operations: String = "", login: String = "", errors: String = "", settings: String = "", limits: String = ""
) -> String {
    """
    connector: small
    title: Small
    module: rest
    environments: {production: https://ca.example/api}
    settings:
      apiKey: {type: secret, title: Key, required: false}
      tokenURL: {type: text, title: Token address, required: false}
    \(settings)
    \(login)
    \(limits)
    operations:
      check:
        request: {method: GET, path: /me}
        outcomes: [{when: '.status == 200', account: {name: '.json.name'}}]
      enroll:
        request: {method: POST, path: "/orders/${ .request.product }", json: '{csr: .request.csr.der, note: .request.reference}'}
        outcomes:
          - {when: '.status == 201 and .json.pem', issued: {chain: .json.pem, orderID: .json.id}}
          - {when: '.status == 201', pending: {orderID: .json.id}}
          - {when: '.status == 422', rejected: {reason: .json.why}}
      poll:
        request: {method: GET, path: "/orders/${ .order.caRequestID }"}
        outcomes:
          - {when: '.json.pem', issued: {chain: .json.pem}}
          - {when: '.json.state == "waiting"', pending: {waitingFor: subscriber, retryAfter: 15m, detail: '"wait"'}}
    \(operations)
    \(errors)
    """
}
