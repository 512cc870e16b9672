// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Secrets
import TestSupport

@testable import CMCPlugin

/// One backend CA in a test: a connector with a CA from a script.
struct Backend {
    let connector: CMCConnector
    let clock = TestClock()

    /// - Parameters:
    ///   - section: further lines of the profile's section `cmc`.
    ///   - rest: further top-level keys.
    init(
        _ ca: ScriptedCA, _ section: String = "", rest: String = "", responder: String? = nil,
        operatorFile: String? = nil, abilities: String = "[poll, revoke, findByReference]"
    ) throws {
        let text = Self.profile(section, rest: rest).replacing(
            "abilities: [poll, revoke, findByReference]", with: "abilities: \(abilities)")
        let profile = try ConnectorProfile.read(text, file: "test.yaml")
        let settings = try profile.settings(
            values: ["responderCertificate": .string(responder ?? ca.responder.pem), "account": "example.ra"],
            secrets: ["operatorCertificate": Secret(try operatorFile ?? ClientFile.pem())],
            endpoint: "https://ca.example/api")
        connector = try CMCConnector(
            profile: profile, settings: settings,
            services: ConnectorServices(http: ca, clock: clock, logger: SilentLogger(), rateLimiter: FreeLimiter()))
    }

    static func profile(_ section: String = "", rest: String = "") -> String {
        """
        connector: small
        title: Small
        module: cmc
        environments: {production: https://ca.example/api}
        settings:
          account: {type: text, title: Account}
          operatorCertificate: {type: secret, title: Operator}
          operatorPassword: {type: secret, title: Password, required: false}
          responderCertificate: {type: text, title: Responder}
        cmc:
          operator: {certificate: operatorCertificate, password: operatorPassword}
        \(section.contains("responder:") ? "" : "  responder: {certificates: responderCertificate}")
        \(section.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
        abilities: [poll, revoke, findByReference]
        \(rest)
        """
    }

    static func request(_ reference: String = "gw-1", emails: [String] = ["ada@sandbox.example"]) throws
        -> CertificateRequest
    {
        CertificateRequest(
            reference: reference, product: "gold",
            csr: try CertificateSigningRequest.make(
                subject: [("CN", "Ada")], alternativeNames: emails.map { .rfc822Name($0) }, key: .generate(.p256)),
            names: RequestedNames(commonName: "Ada", emails: emails), validityDays: 1000, purpose: .smime)
    }
}

extension EnrollmentOutcome {
    var certificate: Certificate? { if case .issued(let issued) = self { issued.certificateChain.first } else { nil } }
    var pending: PendingOrder? { if case .pending(let order) = self { order } else { nil } }
    var rejection: OrderRejection? { if case .rejected(let rejection) = self { rejection } else { nil } }
}
