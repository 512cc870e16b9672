// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
public import Secrets
import Synchronization

/// The application's certificate, used to sign an assertion (wire/entra-oauth.md section 2, RFC 7523).
///
/// The modern pair PS256 with `x5t#S256` comes first. Some tenants answer 700027 to it though they know the
/// certificate; then RS256 with `x5t` is tried once and kept if it works.
public final class CertificateCredential: ApplicationCredential {
    enum Algorithm { case ps256, rs256 }

    private let endpoint: TokenEndpoint
    private let certificate: Certificate
    private let key: PrivateKey
    private let algorithm = Mutex(Algorithm.ps256)

    /// - Throws: `GraphError` of kind `configuration` when the key is not RSA or does not belong to the certificate.
    public init(
        tenant: String, clientID: String, certificate: Certificate, key: PrivateKey, endpoints: TenantEndpoints
    ) throws {
        guard try key.publicKey == certificate.publicKey else {
            throw GraphError(
                .configuration,
                "the private key does not belong to the certificate of application \(clientID): give the pair that "
                    + "was made together"
            )
        }
        guard try key.publicKey.isRSA else {
            throw GraphError(
                .configuration,
                "the certificate of application \(clientID) has an elliptic curve key, Entra ID takes RSA of 2048 "
                    + "bits or more: register an RSA certificate"
            )
        }
        endpoint = TokenEndpoint(url: endpoints.tokenURL(tenant: tenant), clientID: clientID)
        self.certificate = certificate
        self.key = key
    }

    public var clientID: String { endpoint.clientID }
    public var label: String { "certificate \(certificate.sha1Fingerprint) of application \(endpoint.clientID)" }

    public func requestToken(scope: String, through sender: RequestSender) async throws -> AccessToken {
        try await proving { algorithm in
            try await self.endpoint.redeem(scope: scope, through: sender) { try self.proof(algorithm, sender) }
        }
    }

    /// A refused assertion is refused before the code is looked at, which may then be redeemed once still.
    public func redeem(_ code: AuthorizationCode, through sender: RequestSender) async throws -> Secret {
        try await proving { algorithm in
            try await self.endpoint.redeem(code, through: sender) { try self.proof(algorithm, sender) }
        }
    }

    private func proving<Result>(_ ask: (Algorithm) async throws -> Result) async throws -> Result {
        let algorithm = algorithm.withLock { $0 }
        do {
            return try await ask(algorithm)
        } catch let error as GraphError where error.code == "AADSTS700027" && algorithm == .ps256 {
            let result = try await ask(.rs256)
            self.algorithm.withLock { $0 = .rs256 }
            return result
        } catch let error as GraphError where error.code == "AADSTS700024" {
            // Outside its time range: a request that waited long in a queue gets one fresh assertion.
            return try await ask(algorithm)
        }
    }

    private func proof(_ algorithm: Algorithm, _ sender: RequestSender) throws -> [(name: String, value: Secret)] {
        [
            ("client_assertion_type", Secret("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")),
            ("client_assertion", Secret(try makeAssertion(algorithm, now: sender.clock.now()))),
        ]
    }

    /// The compact JWS; `nbf` lies a minute back for clocks that differ, `exp` ten minutes ahead.
    func makeAssertion(_ algorithm: Algorithm, now: Date) throws -> String {
        let header: JSONValue
        switch algorithm {
        case .ps256:
            header = [
                "alg": "PS256", "typ": "JWT",
                "x5t#S256": .string(Base64URL.encode(DigestAlgorithm.sha256.digest(certificate.der))),
            ]
        case .rs256:
            header = [
                "alg": "RS256", "typ": "JWT",
                "x5t": .string(Base64URL.encode(DigestAlgorithm.sha1.digest(certificate.der))),
            ]
        }
        let second = Int(now.timeIntervalSince1970)
        let payload: JSONValue = [
            "aud": .string(endpoint.url), "iss": .string(endpoint.clientID), "sub": .string(endpoint.clientID),
            "jti": .string(UUID().uuidString.lowercased()), "nbf": JSONValue(second - 60), "iat": JSONValue(second),
            "exp": JSONValue(second + 600),
        ]
        let signed = "\(Base64URL.encode(header.text.utf8)).\(Base64URL.encode(payload.text.utf8))"
        let padding: SignaturePadding = algorithm == .ps256 ? .pss : .pkcs1
        let signature = try key.sign(Array(signed.utf8), digest: .sha256, padding: padding)
        return "\(signed).\(Base64URL.encode(signature))"
    }
}
