// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import PKIX
import YAMLDocuments

/// Connects to any CA that speaks CMC (RFC 5272) over HTTPS (RFC 5273), as a registration authority whose certificate
/// signs every message. This module knows no CA.
public struct CMCConnector: CertificateAuthorityConnector {
    public static let kind: ConnectorKind = "cmc"

    let client: CMCClient
    let reasons: RevocationReasonTable
    let chains: IssuedChainReader
    /// What may have issued a certificate, beside what a message carries.
    let authorities: [Certificate]

    public static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] {
        do {
            profile.prepared.keep(try CMCProfileReader.read(profile), of: profile)
            return []
        } catch {
            return error.all
        }
    }

    public init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        let section: CMCProfile
        do {
            section = try profile.prepared.take(CMCProfile.self, of: profile) ?? CMCProfileReader.read(profile)
        } catch {
            throw ConnectorError(
                .configuration, "the connector profile \(profile.file) is not usable", detail: "\(error)")
        }
        client = try CMCClient(section, profile, settings, services)
        reasons = profile.revocationReasons
        chains = IssuedChainReader(profile)
        authorities = profile.chain.intermediates + client.reader.trustAnchors + client.reader.pinned
    }

    /// CMC has no message for this: one that asks for nothing is signed and sent, and whatever comes back must be signed
    /// by the CA and must not complain about who we are.
    public func check() async throws -> AccountReport {
        let certificate = client.credential.certificate
        var report = AccountReport(
            account: certificate.subject.description,
            facts: [
                ("operator certificate", "serial number \(certificate.serialNumber) of \(certificate.issuer)"),
                ("operator certificate until", certificate.notAfter.ISO8601Format()),
            ],
            warnings: client.credential.certificate.endWarnings(
                "operator certificate", at: client.exchange.services.clock.now()))
        for responder in client.reader.pinned {
            report.warnings += responder.endWarnings(
                "accepted responder certificate", at: client.exchange.services.clock.now())
        }
        guard client.profile.sendsCheck else { return report }
        let answer = try await client.send(CMCMessage(CMCMessage.freshTransactionID()), "check")
        guard case .failed(let failure) = answer.decision(for: 0) else { return report }
        if failure.kind == .authentication { throw error(failure) }
        report.facts.append(("answer to a message that asks for nothing", mask(failure.reason)))
        return report
    }

    public func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        try await order(request, gate: gate)
    }

    /// The error for a failure that is not the requester's.
    func error(_ failure: CMCFailure) -> ConnectorError {
        ConnectorError(failure.kind ?? .refused, mask(failure.reason))
    }

    func mask(_ text: String) -> String { client.exchange.mask.masking(text) }
}
