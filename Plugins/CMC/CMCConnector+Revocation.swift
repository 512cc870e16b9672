// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import PKIX

extension CMCConnector: CertificateRevoking {
    /// Holding and releasing need the profile's word: RFC 5272 leaves open whether a CA does it.
    public func revoke(_ request: RevocationRequest) async throws -> RevocationOutcome {
        let words = try request.json(reasons)
        if reasons.offered.isEmpty, request.reason == .certificateHold || request.reason == .removeFromCRL {
            throw ConnectorError(
                .refused, "the profile does not say that the CA does \(request.reason.name); see revocationReasons")
        }
        var message = CMCMessage(CMCMessage.freshTransactionID())
        message.controls = [
            .revokeRequest(
                CMCRevokeRequest(
                    IssuerAndSerialNumber(request.certificate), reason: words["reason"]?.int ?? request.reason.rawValue,
                    comment: request.comment.isEmpty ? nil : request.comment))
        ]
        let answer = try await client.send(message, "revoke", ["revocation": words, "order": request.order.json])
        switch answer.decision(for: CMCMessage.firstID) {
        case .success: return .revoked
        case .pending(_, _, let text): return .pending(mask(SafeText.sentence(text ?? "the CA has not decided yet")))
        case .failed(let failure):
            // A certificate that is revoked already is unknown to some servers.
            if case .failInfo(.badCertId) = failure.status.otherInfo,
                await isRevoked(request.certificate, answer.certificates)
            {
                return .revoked
            }
            throw error(failure)
        case .confirmRequired: throw CAExchange.notUnderstood("a revocation is not confirmed", isCreating: false)
        }
    }

    /// Whether a CRL that the certificate names, signed by its issuer, in force and about such certificates, holds it. Any doubt
    /// is a no.
    private func isRevoked(_ certificate: Certificate, _ sent: [Certificate]) async -> Bool {
        let issuers = (sent + authorities).filter(certificate.isIssued(by:))
        for address in certificate.crlDistributionPoints where address.hasPrefix("http") {
            var request = HTTPRequest(url: address, timeout: client.profile.timeout)
            // The list carries its own signature.
            request.allowsPlainHTTP = true
            guard let answer = try? await client.exchange.services.http.send(request), answer.isSuccess,
                let list = try? CertificateRevocationList(der: answer.body)
            else { continue }
            var policy = PathPolicy(trustAnchors: issuers, at: client.exchange.services.clock.now())
            policy.revocation = .leaf([list])
            do { try PathValidator(policy).path(for: certificate, among: sent) } catch let error as PKIXError {
                if error.code == .revoked { return true }
            } catch { continue }
        }
        return false
    }
}
