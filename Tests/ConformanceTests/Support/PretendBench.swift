// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import ConnectorTesting
import HTTPTransport
import JSONDocuments
import PKIX
import Secrets

/// The bench of `PretendCA`: it has every ability, key, purpose and kind of reason, so the suite makes every check for it.
enum PretendBench {
    static let key = "the-right-key"
    static let everyAbility = "[\(ConnectorAbility.allCases.map(\.rawValue).joined(separator: ", "))]"
    static let everyKey = "[\(KeyType.allCases.map(\.rawValue).joined(separator: ", "))]"
    static let mailNames = "{required: [commonName, emails], allowed: [emails, commonName, pseudonym]}"

    static func make(
        _ vice: Vice?, key: String = key, orderLimit: Int? = nil, abilities: String = everyAbility,
        keyTypes: String = everyKey, names: String = mailNames, patience: Duration = .seconds(30)
    ) throws -> ConformanceBench {
        let clock = FastClock()
        let ca = try PretendCA(vice, clock: clock)
        let profile = try ConnectorProfile.read(
            """
            connector: pretend
            title: Pretend CA
            module: pretend
            settings:
              key: {type: secret, title: Key}
              vice: {type: text, title: Vice, required: false}
            products:
              - {id: mail, title: Mail, keyTypes: \(keyTypes), purposes: [smime, smimeEncryption, smimeSigning], validityDays: {maximum: 365}, names: \(names)}
              - {id: logon, title: Logon, keyTypes: [p256], purposes: [clientAuthentication], validityDays: {maximum: 365}, names: {required: [commonName, userPrincipalName, securityIdentifier], allowed: [emails]}}
            revocationReasons: {keyCompromise: 1, superseded: 4, certificateHold: 6, removeFromCRL: 8}
            abilities: \(abilities)
            """, file: "pretend.yaml")
        let settings = try profile.settings(
            values: vice.map { ["vice": .string($0.rawValue)] } ?? [:], secrets: ["key": Secret(key)],
            endpoint: "https://ca.example")
        return ConformanceBench(
            profile: profile,
            connectorType: vice == .canDoNothing ? BareConnector.self : PretendConnector.self, settings: settings,
            services: ConnectorServices(
                http: ca, clock: clock, logger: SilentLogger(),
                rateLimiter: SlidingWindowRateLimiter(limits: [], clock: clock)),
            acceptedRoots: [ca.root],
            trial: OrderTrial(product: "mail", purpose: .smime, key: .p256, validityDays: 90),
            subjects: TestSubjects(domain: "ours.example", foreignDomain: "not-ours.example", tag: "t1"),
            orderLimit: orderLimit, patience: patience, pollEvery: .milliseconds(20), concurrentOrders: 20,
            sandbox: PretendControl(ca: ca), publications: ca, currentCRL: { try ca.crl() }, seed: 1)
    }
}
