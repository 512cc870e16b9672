// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import TestSupport
import Testing

/// An answer about another order than was asked about, over SOAP: it ends nothing, and nobody's certificate is asked for.
@Suite struct BelongingTests {
    private func poll(_ name: String, _ id: String, _ answers: [HTTPResponse]) async throws -> (
        EnrollmentOutcome?, ConnectorError?, ScriptedClient
    ) {
        let http = ScriptedClient { _, index throws(HTTPTransportError) in answers[min(index, answers.count - 1)] }
        let connector = try Backend(name, http).connector
        do {
            return (try await connector.poll(CAOrder(caRequestID: id), request: Example.request()), nil, http)
        } catch let error as ConnectorError { return (nil, error, http) }
    }

    @Test(arguments: ["REJECTED", "PENDING", "ISSUED"]) func anotherOrderIsNotBelieved(status: String) async throws {
        let answer = HTTPResponse(
            body: """
                <t:GetOrderResponse xmlns:t="urn:sandbox:globaltrust:certificate-service:1"><t:Order><t:OrderId>GT-1</t:OrderId>\
                <t:Status>\(status)</t:Status></t:Order></t:GetOrderResponse>
                """)
        let (_, error, http) = try await poll("globaltrust", "GT-2", [answer])
        #expect(error?.kind == .transient && error?.message.contains("order GT-2 and answers about GT-1") == true)
        #expect(http.requests.allSatisfy { $0.header("Cache-Control") == "no-cache" })
        let (outcome, _, _) = try await poll("globaltrust", "GT-1", [answer])
        #expect(outcome?.order?.caRequestID == "GT-1")
    }

    /// EJBCA tells the user; the certificate of one that was approved is asked for in that user's name only.
    @Test func anotherUserIsNotCompleted() async throws {
        let answers = try ["caChain", "none", "state"].map { try Fixture.response("ejbca/\($0)") }
        let (_, error, http) = try await poll("ejbca", "gw-other", answers)
        #expect(error?.kind == .transient && error?.message.contains("answers about gw-7f3a") == true)
        #expect(!http.requests.contains { $0.bodyText.contains("certificateRequest") })
    }
}
