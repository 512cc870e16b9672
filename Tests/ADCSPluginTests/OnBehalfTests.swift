// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import PKIX
import Secrets
import TestSupport
import Testing

@testable import ADCSPlugin

@Suite("Enrollment on behalf of others", .timeLimit(.minutes(5)))
struct OnBehalfTests {
    private let server: PageServer
    private let agentCA: (key: PrivateKey, certificate: Certificate)

    init() throws {
        server = try PageServer(now: Backend.now)
        let key = try PrivateKey.generate(.p256)
        let certificate = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "Agents")], publicKey: key.publicKey,
            notBefore: Backend.now - 86_400 * 400, notAfter: Backend.now + 86_400 * 400
        ).selfSigned(key: key)
        agentCA = (key, certificate)
    }

    /// PEM text with key and certificate.
    private func agent(_ purposes: [KeyPurpose] = [.enrollmentAgent], days: Double = 365) throws -> Secret {
        let key = try PrivateKey.generate(.rsa2048)
        var builder = CertificateBuilder(
            profile: .clientAuthentication, subject: [("CN", "Agent")], publicKey: try key.publicKey,
            notBefore: Backend.now - 86_400 * 30, notAfter: Backend.now + 86_400 * days)
        builder.extendedKeyUsage = purposes
        return Secret(try key.pem().revealed + builder.signed(by: agentCA.certificate, key: agentCA.key).pem)
    }

    private func backend(form: String = "pkcs7", agent: Secret? = nil, domain: String = "EXAMPLE") throws -> Backend {
        try Backend(server, values: ["domain": .string(domain)], secrets: ["agentCertificate": agent ?? self.agent()]) {
            $0.replacing("adcs:\n", with: "adcs:\n  onBehalfForm: \(form)\n")
        }
    }

    private func names(_ account: String?) -> RequestedNames {
        RequestedNames(commonName: "Anna", emails: ["anna@example.test"], accountName: account)
    }

    /// Orders and returns the message that was sent.
    private func message(_ backend: Backend, _ account: String?) async throws -> (
        der: [UInt8], csr: CertificateSigningRequest
    ) {
        let request = try backend.request(names: names(account))
        try server.issue("61108", request.csr)
        guard case .issued = try await backend.connector.enroll(request) else { throw Surprise() }
        let text = server.form["CertRequest"] ?? ""
        let data = try #require(Data(base64Encoded: text, options: .ignoreUnknownCharacters))
        return (Array(data), request.csr)
    }

    @Test("form A: PKCS #7 around the request, the account as signed attribute, bytes as Windows writes them")
    func pkcs7() async throws {
        let sent = try await message(backend(), #"EXAMPLE\anna.muster"#)
        let message = try SignedMessage(sent.der)
        #expect(message.contentType == SignedMessage.dataType && message.content == sent.csr.der)
        #expect(message.certificates.count == 1 && message.signers.count == 1)
        let vector = try SignedMessage(Folder.bytes("ms-eobo-pkcs7.der"))
        let attribute = message.signers[0].signedAttributes[EnrollmentNameValuePair.type]
        #expect(attribute == vector.signers[0].signedAttributes[EnrollmentNameValuePair.type])
        #expect(attribute?.first?.prefix(6) == [0x30, 0x44, 0x1E, 0x1A, 0x00, 0x52])
        // Beside ours and the vector's, only the signing time differs, which OpenSSL always adds.
        #expect(
            Set(message.signers[0].signedAttributes.keys).subtracting(vector.signers[0].signedAttributes.keys)
                == ["1.2.840.113549.1.9.5"])
        guard case .issuerAndSerialNumber = message.signers[0].identifier else { throw Surprise() }
    }

    @Test("form B: CMC with the account in regInfo")
    func cmc() async throws {
        let sent = try await message(backend(form: "cmc"), #"EXAMPLE\anna.muster"#)
        let message = try SignedMessage(sent.der)
        let vector = try SignedMessage(Folder.bytes("ms-eobo-cmc.der"))
        #expect(message.contentType == vector.contentType)
        let data = try PKIData(message.content ?? [])
        let expected = try PKIData(vector.content ?? [])
        #expect(data.controls.map(\.value) == expected.controls.map(\.value))
        #expect(data.requests.count == 1 && expected.requests.count == 1)
        guard case .certificationRequest(_, let csr) = data.requests[0] else { throw Surprise() }
        #expect(csr == sent.csr)
        #expect(Set(data.bodyPartIDs).count == 2)
    }

    @Test("openssl verifies both forms and finds the request inside", arguments: ["pkcs7", "cmc"])
    func judged(form: String) async throws {
        let sent = try await message(backend(form: form), #"EXAMPLE\anna.muster"#)
        let folder = try TemporaryFolder()
        try folder.write(sent.der, to: "message.der")
        try folder.write(agentCA.certificate.pem, to: "ca.pem")
        try await Tool.run([
            "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", folder.path("message.der"), "-CAfile",
            folder.path("ca.pem"), "-purpose", "any", "-attime", "\(Int(Backend.now.timeIntervalSince1970))", "-out",
            folder.path("content.der"),
        ])
        if form == "pkcs7" {
            let text = try await Tool.run([
                "openssl", "req", "-inform", "DER", "-in", folder.path("content.der"), "-noout", "-verify", "-text",
            ])
            #expect(text.contains("anna@example.test"))
        } else {
            let text = try await Tool.run(["openssl", "asn1parse", "-inform", "DER", "-in", folder.path("content.der")])
            #expect(text.contains("id-cmc-regInfo"))
        }
        let parsed = try await Tool.run(["openssl", "asn1parse", "-inform", "DER", "-in", folder.path("message.der")])
        #expect(parsed.contains("1.3.6.1.4.1.311.13.2.1") == (form == "pkcs7"))
    }

    @Test("over the request of a vector, the signed content is the vector's to the byte")
    func vectors() throws {
        let credential = try ClientCredential(agent())
        for (form, file) in [(ADCSProfile.OnBehalfForm.pkcs7, "ms-eobo-pkcs7.der"), (.cmc, "ms-eobo-cmc.der")] {
            let vector = try SignedMessage(Folder.bytes(file))
            let csr: CertificateSigningRequest
            switch form {
            case .pkcs7: csr = try CertificateSigningRequest(der: vector.content ?? [])
            case .cmc:
                guard case .certificationRequest(_, let found)? = try PKIData(vector.content ?? []).requests.first
                else {
                    throw Surprise()
                }
                csr = found
            }
            let made = try OnBehalfMessage(agent: credential, form: form).make(
                csr, requesterName: #"EXAMPLE\anna.muster"#)
            #expect(try SignedMessage(made).content == vector.content)
            #expect(try SignedMessage(made).contentType == vector.contentType)
        }
    }

    @Test("the domain of the settings completes a bare account name")
    func bareName() async throws {
        let sent = try await message(backend(), "anna.muster")
        let expected = try EnrollmentNameValuePair.der(name: "RequesterName", value: #"EXAMPLE\anna.muster"#)
        #expect(try SignedMessage(sent.der).signers[0].signedAttributes[EnrollmentNameValuePair.type] == [expected])
    }

    @Test(
        "an account not of the right form is the template's or the directory's matter: readable, nothing is sent, no order ends",
        arguments: [
            nil, "", #"example.test\anna"#, "anna@example.test", #"EXAMPLE\"#, #"\anna"#, #"A\B\C"#, "EXAMPLE\\an\nna",
            #"EXAMPLE\a😀"#,
        ])
    func badName(account: String?) async throws {
        let backend = try backend(domain: "EXAMPLE")
        let error = await #expect(throws: ConnectorError.self) {
            try await backend.connector.enroll(backend.request(names: names(account)))
        }
        #expect(error?.kind == .configuration && error?.message.contains("account") == true)
        #expect(server.requests.isEmpty)
    }

    @Test("a template may be for the gateway's own account")
    func notOnBehalf() async throws {
        let backend = try backend()
        let request = try backend.request(options: ["onBehalf": false], names: names(nil))
        try server.issue("61108", request.csr)
        guard case .issued = try await backend.connector.enroll(request) else { throw Surprise() }
        #expect(server.form["CertRequest"] == request.csr.pem)
    }

    @Test("an account name without an agent is an operator's mistake")
    func noAgent() async throws {
        let backend = try Backend(server)
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await backend.connector.enroll(backend.request(names: names("anna")))
        }
        #expect(server.requests.isEmpty)
    }

    @Test("the agent's certificate must be one, and its end is told in time")
    func agentCertificate() async throws {
        let error = try #require(throws: ConnectorError.self) {
            _ = try backend(agent: agent([.clientAuthentication, .emailProtection]))
        }
        #expect(error.kind == .configuration && error.message.contains("1.3.6.1.4.1.311.20.2.1"))
        let soon = try backend(agent: agent(days: 10))
        #expect(
            try await soon.connector.check().warnings == [
                "the enrollment agent certificate ends in 10 days; ask the CA for the next one"
            ])
        let over = try backend(agent: agent(days: -1))
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await over.connector.enroll(over.request(names: names("anna")))
        }
        #expect(server.requests.allSatisfy { $0.body == nil })
    }
}
