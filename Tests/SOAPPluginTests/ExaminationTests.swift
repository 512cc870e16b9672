// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import TestSupport
import Testing

/// An order that a person has named, over SOAP, where no request says whether it only reads.
@Suite struct ExaminationTests {
    private func order(_ members: String) -> HTTPResponse {
        HTTPResponse(
            body: """
                <t:GetOrderResponse xmlns:t="urn:sandbox:globaltrust:certificate-service:1"><t:Order>\(members)</t:Order>\
                </t:GetOrderResponse>
                """)
    }

    @Test(arguments: [("GT-1", true), ("GT-2", false)])
    func aPendingOrderIsTheOneOfOurReference(id: String, isOurs: Bool) async throws {
        let answers = [
            order("<t:OrderId>\(id)</t:OrderId><t:Status>PENDING</t:Status>"), order("<t:OrderId>GT-1</t:OrderId>"),
        ]
        let http = ScriptedClient { _, index throws(HTTPTransportError) in answers[min(index, 1)] }
        let connector = try Backend("globaltrust", http).connector
        let result = try await connector.examine(CAOrder(caRequestID: id), request: Example.request())
        switch result {
        case .found(.pending(let pending)): #expect(isOurs && pending.order.caRequestID == id)
        case .undecidable(let reason):
            #expect(!isOurs && reason.contains("does not list it under gw-7f3a"), "\(reason)")
        default: throw Unexpected(result)
        }
        #expect(http.requests.map { $0.bodyText.contains("RequestReference") } == [false, true])
    }

    /// EJBCA's poll asks for the certificate of a user that was approved: not of one that a person has mistyped.
    @Test func noCertificateIsAskedForInAnotherUsersPlace() async throws {
        let names = ["caChain", "none", "state", "none"]
        let answers = try names.map { try Fixture.response("ejbca/\($0)") }
        let http = ScriptedClient { _, index throws(HTTPTransportError) in answers[min(index, 3)] }
        let connector = try Backend("ejbca", http).connector
        let result = try await connector.examine(CAOrder(caRequestID: "mallory"), request: Example.request())
        guard case .undecidable(let reason) = result else { throw Unexpected(result) }
        #expect(reason.contains("order mallory has no certificate yet"), "\(reason)")
        #expect(!http.requests.contains { $0.bodyText.contains("certificateRequest") })
    }

    /// The order would be there, and nobody could ask for its certificate.
    @Test func aFurtherStepNeedsAPoll() async throws {
        let text = smallProfile()
        let start = try #require(text.firstRange(of: "  poll:"))
        let profile =
            text[..<start.lowerBound].replacing(
                "- {when: .answer.id, pending: {orderID: .answer.id}}",
                with: "- {when: .answer.id, then: {operation: fetch, orderID: .answer.id}}") + """
                  fetch:
                    request: {body: "<t:Fetch>${ .order.caRequestID }</t:Fetch>"}
                    read: {certificate: {path: t:Certificate, decode: [base64, certificate]}}
                    outcomes: [{when: .answer.certificate, issued: {chain: .answer.certificate}}]
                """
        let http = ScriptedClient(
            HTTPResponse(body: #"<r xmlns="urn:t"><Id>5</Id></r>"#), HTTPResponse(503, text: "down for repair"))
        let error = await #expect(throws: ConnectorError.self) {
            try await Backend(profile: String(profile), http).connector.enroll(Example.request())
        }
        #expect(error?.kind == .configuration)
        #expect(error?.detail?.contains("there is no operation poll") == true, "\(error?.detail ?? "")")
    }
}
