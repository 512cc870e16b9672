// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Secrets

@testable import ADCSPlugin

/// One backend CA in a test: the connector of `connectors.d/adcs.yaml` and what it talks to.
struct Backend {
    let connector: ADCSConnector
    let key: PrivateKey
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    /// - Parameter profile: changes to the profile's text.
    init(
        _ http: any HTTPClient, endpoint: String = "https://ca.example.test/certsrv", values: [String: JSONValue] = [:],
        secrets: [String: Secret] = [:], without: Set<String> = [], clock: any ConnectorClock = FixedClock(),
        profile change: (String) -> String = { $0 }
    ) throws {
        let profile = try ConnectorProfile.read(change(Folder.profile), file: "adcs.yaml")
        let usual: [String: JSONValue] = ["authentication": "basic", "user": "svc", "domain": "EXAMPLE"]
        let settings = try profile.settings(
            values: usual.filter { !without.contains($0.key) }.merging(values) { $1 },
            secrets: ["password": Secret("planted-password")].merging(secrets) { $1 },
            endpoint: endpoint)
        connector = try ADCSConnector(
            profile: profile, settings: settings,
            services: ConnectorServices(
                http: http, clock: clock, logger: SilentLogger(), rateLimiter: SlidingWindowRateLimiter(limits: [])))
        key = try .generate(.p256)
    }

    func request(
        product: String = "GatewayUser", validityDays: Int? = nil, options: JSONValue = [:],
        purpose: CertificatePurpose = .smime,
        names: RequestedNames = RequestedNames(commonName: "Anna", emails: ["anna@example.test"])
    ) throws -> CertificateRequest {
        CertificateRequest(
            reference: "gw-7f3a", product: product,
            csr: try CertificateSigningRequest.make(
                subject: names.distinguishedName, alternativeNames: names.alternativeNames,
                securityIdentifier: names.securityIdentifier, key: key),
            names: names, validityDays: validityDays, purpose: purpose, options: options)
    }
}

/// A clock that stands still.
struct FixedClock: ConnectorClock {
    var date = Backend.now
    func now() -> Date { date }
    func uptime() -> Duration { .seconds(now().timeIntervalSince1970) }
    func sleep(for duration: Duration) async throws {}
}
