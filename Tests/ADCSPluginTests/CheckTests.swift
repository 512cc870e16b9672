// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import PKIX
import Secrets
import Testing

@testable import ADCSPlugin

@Suite("Checking the connection to Web Enrollment")
struct CheckTests {
    private let server: PageServer
    init() throws { server = try PageServer(now: Backend.now) }

    private func fact(_ name: String, _ report: AccountReport) -> String? {
        report.facts.first { $0.name == name }?.value
    }

    @Test("sign-in, CA, generations and CRL are told")
    func report() async throws {
        let report = try await Backend(server, values: ["caName": "Example CA"]).connector.check()
        #expect(report.account == "EXAMPLE\\svc at ca.example.test")
        #expect(fact("CA", report) == server.generations[1].subject.description)
        #expect(fact("SHA-256 fingerprint", report) == server.generations[1].sha256Fingerprint)
        #expect(fact("generations", report) == "2" && fact("CA certificates", report) == "3")
        #expect(fact("CRL number", report) == "42" && fact("next CRL by", report) != nil)
        #expect(report.warnings.isEmpty)
    }

    @Test("a CRL that is missing, old or of somebody else is a warning")
    func revocationList() async throws {
        let connector = try Backend(server).connector
        server.answer { $0.page == "certcrl.crl" ? HTTPResponse(status: 500) : nil }
        #expect(try await connector.check().warnings.first?.contains("the CRL cannot be read") == true)
        let other = try PageServer(now: Backend.now)
        server.answer { [other] request in
            guard request.page == "certcrl.crl" else { return nil }
            return HTTPResponse(
                status: 200,
                body: try CertificateRevocationList.make(
                    issuer: other.generations[1], key: PrivateKey.generate(.p256), number: 1, thisUpdate: Backend.now,
                    nextUpdate: Backend.now + 1, entries: []
                ).der)
        }
        #expect(try await !connector.check().warnings.isEmpty)
        let late = try Backend(server, clock: FixedClock(date: Backend.now + 86_400 * 3))
        server.answer { _ in nil }
        #expect(
            try await late.connector.check().warnings == [
                "the CRL was to be renewed by 2027-01-16T08:00:00Z; clients may refuse certificates"
            ])
    }

    @Test("another CA than expected is an operator's matter")
    func otherCA() async throws {
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await Backend(server, values: ["caName": "Other CA"]).connector.check()
        }
    }

    @Test("a refused sign-in says what to look at, once", arguments: [401, 403, 404])
    func refused(status: Int) async throws {
        server.answer { _ in HTTPResponse(status: status) }
        let error = try await #require(throws: ConnectorError.self) { _ = try await Backend(server).connector.check() }
        #expect(error.kind == (status == 401 ? .authentication : .configuration))
        #expect(status != 401 || error.message.contains("Extended Protection"))
        #expect(server.requests.count == 1)
    }

    @Test("armour that calls a PKCS #7 file a certificate is read all the same")
    func armour() throws {
        let der = try CertsOnlyMessage.encode([server.root, server.generations[0]])
        for label in ["CERTIFICATE", "PKCS7"] {
            let text = PEM.encode(der, label: label).replacing("\n", with: "\r\n")
            let read = try AuthorityCertificates.certificates(HTTPResponse(status: 200, body: Array(text.utf8)))
            #expect(Set(read) == [server.root, server.generations[0]])
        }
        for body in [Array("<html>".utf8), [0x30, 0x82]] {
            #expect(throws: ConnectorError.self) {
                _ = try AuthorityCertificates.certificates(HTTPResponse(status: 200, body: body))
            }
        }
    }

    @Test("the CA's templates are its products")
    func products() async throws {
        #expect(
            try await Backend(server).connector.products().map(\.id) == ["GatewayUser", "WebServer", "KeyRecovery"])
        server.answer { _ in try Folder.page("portal") }
        await #expect(throws: ConnectorError(.transient, "")) { try await Backend(server).connector.products() }
    }

    @Test("exactly one way to sign in is used, with the user qualified")
    func authentication() throws {
        func authentication(_ scheme: String, user: String = "svc") throws -> String {
            switch try Backend(server, values: ["authentication": .string(scheme), "user": .string(user)]).connector
                .settings.authentication
            {
            case .basic(let user, _)?: "basic \(user)"
            case .ntlm(let user, _)?: "ntlm \(user)"
            case .negotiate?: "negotiate"
            case nil: "none"
            }
        }
        #expect(try authentication("basic") == "basic EXAMPLE\\svc")
        #expect(try authentication("ntlm", user: "OTHER\\svc") == "ntlm OTHER\\svc")
        #expect(try authentication("basic", user: "svc@example.test") == "basic svc@example.test")
        #expect(try authentication("negotiate") == "negotiate")
        #expect(try authentication("none") == "none")
    }

    @Test("settings that cannot work are refused when the connector is made")
    func settings() throws {
        func isRefused(_ make: () throws -> Backend) {
            #expect(throws: ConnectorError(.configuration, "")) { _ = try make() }
        }
        isRefused { try Backend(server, values: ["authentication": "ntlm"], without: ["user"]) }
        isRefused { try Backend(server, values: ["authentication": "certificate"]) }
        isRefused { try Backend(server, secrets: ["agentCertificate": Secret("garbage")]) }
        #expect(
            try Backend(server, endpoint: "https://ca.example.test").connector.client.base
                == "https://ca.example.test/certsrv")
        #expect(
            try Backend(server, endpoint: "https://ca.example.test/CertSrv/").connector.client.base
                == "https://ca.example.test/CertSrv")
    }

    @Test("a section that is wrong is diagnosed with everything")
    func diagnosis() throws {
        let text = try Folder.profile.replacing("pending: Certificate Pending", with: "pendng: Certificate Pending")
            .replacing(
                "referenceAttribute: CertwayReference",
                with: "referenceAttribute: \"A:B\"\n  onBehalfForm: pkcs8\n  color: red")
        let (profile, _) = try ConnectorProfile.examine(text, file: "adcs.yaml")
        #expect(
            Set(ADCSConnector.diagnose(profile).map(\.keyPath)) == [
                "adcs.referenceAttribute", "adcs.onBehalfForm", "adcs.color", "adcs.phrases.en.pending",
                "adcs.phrases.en.pendng",
            ])
        #expect(ADCSConnector.diagnose(try ConnectorProfile.read(Folder.profile, file: "adcs.yaml")).isEmpty)
    }
}
