// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import TestSupport
import Testing
import YAMLDocuments

@testable import SOAPPlugin

/// The profile against recorded pairs, and every fault of its table (wire/soap.md §4).
@Suite struct GlobalTrustTests {
    @Test func theProfileIsShortAndFine() throws {
        let text = try Fixture.profile("globaltrust")
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count < 150)
        let profile = try ConnectorProfile.read(text, file: "globaltrust.yaml")
        #expect(SOAPConnector.diagnose(profile).map(\.description) == [])
    }

    @Test func itTellsAboutTheUnit() async throws {
        let report = try await replay("globaltrust", [("check", "GetAccount")], answers: ["check"]) {
            try await $0.check()
        }
        #expect(report.account == "unit U-1001")
        #expect(report.facts.first { $0.name == "domains" }?.value == "example.org, example.net")
        let products = try await replay("globaltrust", [("listProducts", "GetAccount")], answers: ["listProducts"]) {
            try await $0.products()
        }
        #expect(products.map(\.id) == ["smime", "smime-sign"])
    }

    @Test func itIssues() async throws {
        let outcome = try await replay("globaltrust", [("enroll", "RequestCertificate")], answers: ["enroll"]) {
            try await $0.enroll(Example.request())
        }
        guard case .issued(let issued) = outcome else { throw Unexpected(outcome) }
        #expect(issued.order.caRequestID == "GT-2026-000917")
        #expect(issued.certificateChain == [try Fixture.certificate("leaf"), try Fixture.certificate("ca")])
        let polled = try await replay("globaltrust", [("poll", "GetOrder")], answers: ["poll"]) {
            try await $0.poll(CAOrder(caRequestID: "GT-2026-000917"), request: Example.request())
        }
        guard case .issued = polled else { throw Unexpected(polled) }
    }

    @Test func itFindsByReference() async throws {
        let found = try await replay(
            "globaltrust", [("findByReference", "GetOrder"), ("poll", "GetOrder")],
            answers: ["findByReference", "poll"]
        ) { try await $0.find(Example.request()) }
        guard case .found(.issued) = found else { throw Unexpected(found) }
        let absent = try await replay("globaltrust", [("findByReference", "GetOrder")], answers: ["absent"]) {
            try await $0.find(Example.request())
        }
        guard case .absent = absent else { throw Unexpected(absent) }
    }

    /// The search tells an id and nothing else: whoever mixes answers up could end our order, and its key with it, by another's end.
    @Test func anEndThatOnlyAnIDTellsEndsNothing() async throws {
        func order(_ status: String) -> HTTPResponse {
            let body = """
                <S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>
                <GetOrderResponse xmlns="urn:sandbox:globaltrust:certificate-service:1"><Order><OrderId>GT-1</OrderId>
                <Status>\(status)</Status></Order></GetOrderResponse></S:Body></S:Envelope>
                """
            return HTTPResponse(
                status: 200, headers: HTTPHeaders([("Content-Type", "text/xml")]), body: Array(body.utf8))
        }
        let ended = try Backend("globaltrust", ScriptedClient(order("REJECTED")))
        guard case .undecidable(let reason) = try await ended.connector.find(Example.request()) else {
            Issue.record("the end of GT-1 is believed")
            return
        }
        #expect(reason.contains("order GT-1") && reason.contains("has ended"))
        let waiting = try Backend("globaltrust", ScriptedClient(order("PENDING")))
        guard case .found(.pending) = try await waiting.connector.find(Example.request()) else {
            Issue.record("what waits is not found")
            return
        }
    }

    @Test func itRevokes() async throws {
        let outcome = try await replay("globaltrust", [("revoke", "RevokeCertificate")], answers: ["revoke"]) {
            try await $0.revoke(Example.revocation())
        }
        guard case .revoked = outcome else { throw Unexpected(outcome) }
    }

    /// wire/soap.md §4: every fault of the table, and who must act.
    @Test(arguments: [
        ("AUTH_FAILED", ConnectorError.Kind.authentication), ("OPERATOR_EXPIRED", .authentication),
        ("UNKNOWN_UID", .configuration), ("UNKNOWN_PRODUCT", .configuration), ("INVALID_PERIOD", .configuration),
        ("QUOTA_EXCEEDED", .configuration), ("DOMAIN_NOT_ALLOWED", .refused), ("INVALID_CSR", .refused),
        ("KEY_REUSED", .refused), ("EMAIL_MISMATCH", .refused), ("DUPLICATE_REFERENCE", .refused),
        ("UNKNOWN_CERTIFICATE", .refused), ("TEMPORARILY_UNAVAILABLE", .transient), ("INTERNAL", .transient),
    ])
    func faultsSayWhoMustAct(code: String, kind: ConnectorError.Kind) async throws {
        for status in [200, 500] {
            let fault = HTTPResponse(
                status,
                body: """
                    <e:Fault><faultcode>e:Server</faultcode><faultstring>x</faultstring><detail>
                    <CertificateFault xmlns="urn:sandbox:globaltrust:certificate-service:1"><Code>\(code)</Code>
                    <Message>why</Message><Retryable>false</Retryable></CertificateFault></detail></e:Fault>
                    """)
            let backend = try Backend("globaltrust", ScriptedClient(fault))
            let error = await #expect(throws: ConnectorError.self) {
                try await backend.connector.revoke(Example.revocation())
            }
            #expect(error?.kind == kind)
            #expect(error?.message.contains("\(code): why") == true)
        }
    }

    /// Of an order, only a refusal that is named says that it was not taken. Reference and key are known from itself alone: no search makes a refusal of that.
    @Test(arguments: [
        ("AUTH_FAILED", ConnectorError.Kind.authentication, ConnectorError.Kind?.none),
        ("UNKNOWN_PRODUCT", .configuration, nil), ("DOMAIN_NOT_ALLOWED", .refused, nil),
        ("KEY_REUSED", .outcomeUnknown, nil), ("DUPLICATE_REFERENCE", .outcomeUnknown, nil),
        ("TEMPORARILY_UNAVAILABLE", .outcomeUnknown, .transient), ("INTERNAL", .outcomeUnknown, .transient),
    ])
    func faultsOfAnOrder(code: String, kind: ConnectorError.Kind, ifAbsent: ConnectorError.Kind?) async throws {
        for status in [200, 500] {
            let fault = HTTPResponse(
                status,
                body: """
                    <e:Fault><faultcode>e:Server</faultcode><faultstring>x</faultstring><detail>
                    <CertificateFault xmlns="urn:sandbox:globaltrust:certificate-service:1"><Code>\(code)</Code>
                    <Message>why</Message><Retryable>true</Retryable></CertificateFault></detail></e:Fault>
                    """)
            let backend = try Backend("globaltrust", ScriptedClient(fault))
            let error = await #expect(throws: ConnectorError.self) {
                try await backend.connector.enroll(Example.request())
            }
            #expect(error?.kind == kind && error?.ifAbsent == ifAbsent, "\(status)")
        }
    }

    @Test func whatIsRevokedAlreadyIsRevoked() async throws {
        let detail =
            "<CertificateFault xmlns=\"urn:sandbox:globaltrust:certificate-service:1\"><Code>ALREADY_REVOKED</Code></CertificateFault>"
        let fault = HTTPResponse(
            500, body: "<e:Fault><faultcode>e:Server</faultcode><detail>\(detail)</detail></e:Fault>")
        let outcome = try await Backend("globaltrust", ScriptedClient(fault)).connector.revoke(Example.revocation())
        guard case .revoked = outcome else { throw Unexpected(outcome) }
    }
}
