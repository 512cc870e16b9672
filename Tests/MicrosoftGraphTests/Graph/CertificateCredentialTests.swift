// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import HTTPTransport
import JSONDocuments
import MicrosoftGraph
import PKIX
import TestSupport
import Testing

/// wire/entra-oauth.md section 2; the assertion is judged by Python.
@Suite(.timeLimit(.minutes(5))) struct CertificateCredentialTests {
    /// Checks a compact JWS against a certificate and prints header and payload.
    private static let judge = """
        import sys, json, base64, hashlib
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding
        from cryptography.hazmat.primitives.serialization import Encoding
        jws, pem = sys.stdin.read().split("\\n", 1)
        certificate = x509.load_pem_x509_certificate(pem.encode())
        der = certificate.public_bytes(Encoding.DER)
        def raw(text): return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        assert "=" not in jws and "+" not in jws and "/" not in jws
        head, body, signature = jws.split(".")
        header, payload = json.loads(raw(head)), json.loads(raw(body))
        if header["alg"] == "PS256":
            assert raw(header["x5t#S256"]) == hashlib.sha256(der).digest() and len(header["x5t#S256"]) == 43
            scheme = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
        else:
            assert header["alg"] == "RS256" and raw(header["x5t"]) == hashlib.sha1(der).digest()
            scheme = padding.PKCS1v15()
        certificate.public_key().verify(raw(signature), (head + "." + body).encode(), scheme, hashes.SHA256())
        print(json.dumps({"alg": header["alg"], "typ": header["typ"], "payload": payload}))
        """

    private let refusal = ServerAnswer.json(["error": "invalid_client", "error_codes": [700_027]], status: 401)

    private func assertion(in request: ServerRequest) throws -> String {
        let form = URLComponents(string: "?" + String(decoding: request.body, as: UTF8.self))?.queryItems ?? []
        #expect(!form.contains { $0.name == "client_secret" })
        #expect(
            form.first { $0.name == "client_assertion_type" }?.value
                == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        return try #require(form.first { $0.name == "client_assertion" }?.value)
    }

    private func judged(_ request: ServerRequest, _ certificate: Certificate) async throws -> JSONValue {
        try JSONValue(
            parsing: try await Tool.python(
                Self.judge, input: Array("\(assertion(in: request))\n\(certificate.pem)".utf8)))
    }

    private func credential(_ service: ScriptedService) throws -> (CertificateCredential, Certificate) {
        let user = try Fixtures.user()
        let credential = try CertificateCredential(
            tenant: "t1", clientID: "4f6e", certificate: user.certificate, key: user.key,
            endpoints: TenantEndpoints(authority: service.url, graph: service.url))
        return (credential, user.certificate)
    }

    /// A service may take an assertion once; what it saw of a try that failed is not to be shown again.
    @Test func everyTryHasAnAssertionOfItsOwn() async throws {
        let service = try ScriptedService([ServerAnswer.json([:], status: 503), .json([:], status: 503), .token()])
        let (credential, certificate) = try credential(service)
        _ = try await credential.requestToken(
            scope: "s/.default", through: RequestSender(http: CurlHTTPClient(), clock: TestClock()))
        #expect(service.tokenRequests.count == 3)
        var seen: Set<String> = []
        for request in service.tokenRequests {
            seen.insert(try #require(try await judged(request, certificate)["payload"]?["jti"]?.string))
        }
        #expect(seen.count == 3)
    }

    @Test func signsWithPS256AndTheSHA256Thumbprint() async throws {
        let service = try ScriptedService([.token()])
        let (credential, certificate) = try credential(service)
        let clock = TestClock()
        _ = try await credential.requestToken(
            scope: "s/.default", through: RequestSender(http: CurlHTTPClient(), clock: clock))
        let seen = try await judged(try #require(service.tokenRequests.first), certificate)
        #expect(seen["alg"] == "PS256")
        #expect(seen["typ"] == "JWT")
        let payload = try #require(seen["payload"])
        #expect(payload["aud"]?.string == "\(service.url)/t1/oauth2/v2.0/token")
        #expect(payload["iss"] == "4f6e")
        #expect(payload["sub"] == "4f6e")
        #expect(UUID(uuidString: payload["jti"]?.string ?? "") != nil)
        let now = clock.now().timeIntervalSince1970
        #expect(payload["exp"]?.number == now + 600)
        #expect((payload["nbf"]?.number ?? now) < now)
    }

    @Test func fallsBackOnceToTheOldPairAndRemembersIt() async throws {
        let service = try ScriptedService([refusal, .token(), .token("token-2")])
        let (credential, certificate) = try credential(service)
        let sender = RequestSender(http: CurlHTTPClient(), clock: TestClock())
        _ = try await credential.requestToken(scope: "s/.default", through: sender)
        _ = try await credential.requestToken(scope: "s/.default", through: sender)
        var algorithms: [String?] = []
        for request in service.tokenRequests {
            algorithms.append(try await judged(request, certificate)["alg"]?.string)
        }
        #expect(algorithms == ["PS256", "RS256", "RS256"])
    }

    @Test func anUnknownCertificateIsAskedForTwiceOnly() async throws {
        let service = try ScriptedService([refusal])
        let (credential, _) = try credential(service)
        let error = await #expect(throws: GraphError.self) {
            try await credential.requestToken(
                scope: "s/.default", through: RequestSender(http: CurlHTTPClient(), clock: TestClock()))
        }
        #expect(error?.kind == .authentication)
        #expect(error?.message.contains("upload the configured certificate") == true)
        #expect(service.tokenRequests.count == 2)
    }

    @Test func aLateAssertionIsReplacedOnce() async throws {
        let late = ServerAnswer.json(["error": "invalid_client", "error_codes": [700_024]], status: 401)
        let service = try ScriptedService([late, .token()])
        let (credential, _) = try credential(service)
        _ = try await credential.requestToken(
            scope: "s/.default", through: RequestSender(http: CurlHTTPClient(), clock: TestClock()))
        let assertions = try service.tokenRequests.map(assertion)
        #expect(Set(assertions).count == 2)
    }

    @Test(arguments: [KeyType.p256, .rsa2048]) func refusesAKeyThatIsNotTheCertificates(_ type: KeyType) throws {
        let user = try Fixtures.user()
        let other = try PrivateKey.generate(type)
        let error = #expect(throws: GraphError.self) {
            try CertificateCredential(
                tenant: "t", clientID: "c", certificate: user.certificate, key: other, endpoints: TenantEndpoints())
        }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("does not belong to the certificate") == true)
    }
}
