// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import PKIX
import YAMLDocuments

/// Connects to an Active Directory CA through the pages of its Web Enrollment role (`/certsrv`).
public struct ADCSConnector: CertificateAuthorityConnector, ProfileDescribing {
    public static let kind: ConnectorKind = "adcs"
    public static let profileKeys = ADCSProfile.keys

    let common: ConnectorProfile
    let profile: ADCSProfile
    let settings: ADCSSettings
    let client: CertsrvClient
    let authorities: AuthorityCertificates
    let chains: IssuedChainReader
    public let repeatsLostOrdersAfter: Duration?

    public static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] {
        do {
            _ = try ADCSProfile(profile)
            return []
        } catch {
            return error.all
        }
    }

    public init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        do { self.profile = try ADCSProfile(profile) } catch {
            throw ConnectorError(
                .configuration, "the connector profile \(profile.file) is not usable", detail: "\(error)")
        }
        common = profile
        self.settings = try ADCSSettings(settings)
        client = try CertsrvClient(
            self.profile, profile, self.settings, endpoint: settings.endpoint, services: services)
        authorities = AuthorityCertificates(client)
        chains = IssuedChainReader(profile)
        let pause = settings.absenceIsSureAfter ?? profile.absenceIsSureAfter ?? .seconds(15 * 60)
        // Before its time is over, a call may be executed whose end nobody has seen.
        repeatsLostOrdersAfter = self.settings.resubmits ? max(pause, self.profile.timeout) : nil
    }

    var now: Date { client.exchange.services.clock.now() }

    public func check() async throws -> AccountReport {
        _ = try await client.get("")
        let newest = try await authorities.newestGeneration()
        let authority = try await authorityCertificate(newest)
        if let expected = settings.caName, authority.subject.commonName != expected {
            throw ConnectorError(
                .configuration, "the server stands for the CA \(authority.subject), settings.caName expects \(expected)"
            )
        }
        let above = try await authorities.read(generations: newest)
        var report = AccountReport(
            account: "\(settings.account) at \(client.place)",
            facts: [
                ("CA", authority.subject.description), ("SHA-256 fingerprint", authority.sha256Fingerprint),
                ("valid until", authority.notAfter.ISO8601Format()), ("generations", "\(newest + 1)"),
                ("CA certificates", "\(above.count)"),
            ],
            issuers: CertificateChain.order([authority] + above, leafKey: try authority.publicKey))
        if !authority.isValid(at: now) { report.warnings.append("the CA's certificate is not valid now") }
        await addRevocationList(newest, authority, to: &report)
        if let agent = settings.agent {
            report.facts.append(("enrollment agent", agent.certificate.subject.description))
            report.warnings += agent.certificate.endWarnings("enrollment agent certificate", at: now)
        }
        return report
    }

    private func authorityCertificate(_ generation: Int) async throws -> Certificate {
        let answer = try await client.get(
            "certnew.cer", ["ReqID": "CACert", "Renewal": "\(generation)", "Enc": "bin"])
        guard let certificate = try certificate(answer) else {
            throw CAExchange.notUnderstood("the CA's certificate is no certificate", isCreating: false)
        }
        return certificate
    }

    /// Whether the CA publishes a list that is in force; nothing of it hinders enrollment.
    private func addRevocationList(_ generation: Int, _ authority: Certificate, to report: inout AccountReport) async {
        do {
            let answer = try await client.get(
                "certcrl.crl", ["Type": "base", "Renewal": "\(generation)", "Enc": "bin"])
            let list =
                answer.body.first == 0x30
                ? try CertificateRevocationList(der: answer.body) : try CertificateRevocationList(pem: answer.text)
            try list.verifySignature(by: authority)
            report.facts.append(("CRL number", list.number.map(String.init) ?? "none"))
            report.facts.append(("next CRL by", list.nextUpdate?.ISO8601Format() ?? "not told"))
            if let next = list.nextUpdate, next < now {
                report.warnings.append(
                    "the CRL was to be renewed by \(next.ISO8601Format()); clients may refuse certificates")
            }
        } catch {
            report.warnings.append("the CRL cannot be read: \(error)")
        }
    }

    /// The certificate in an answer of certnew.cer; nil when it is something else, such as an error page.
    func certificate(_ answer: HTTPResponse) throws -> Certificate? {
        guard let type = answer.headers["Content-Type"], type.lowercased() == "application/pkix-cert" else {
            return nil
        }
        do {
            return answer.body.first == 0x30
                ? try Certificate(der: answer.body) : try Certificate(pem: answer.text)
        } catch {
            throw CAExchange.notUnderstood("not a certificate: \(error)", isCreating: false)
        }
    }
}
