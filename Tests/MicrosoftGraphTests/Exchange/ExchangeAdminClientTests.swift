// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ExchangeOnline
import HTTPServing
import HTTPTransport
import JSONDocuments
import MicrosoftGraph
import Secrets
import Testing

/// wire/exchange-online.md sections 2 and 5.
@Suite(.timeLimit(.minutes(5))) struct ExchangeAdminClientTests {
    /// A client of a service that gives these answers in turn, the last one again and again.
    private func harness(
        _ answers: @escaping @Sendable (ServerRequest, Int) -> ServerAnswer
    ) throws -> (ExchangeAdminClient, GraphHarness) {
        let harness = try GraphHarness(answers)
        let endpoints = TenantEndpoints(
            authority: harness.service.url, graph: "https://graph.example", exchange: harness.service.url)
        return (
            ExchangeAdminClient(
                endpoints: endpoints, tenant: "tenant.example", tokens: harness.tokens, sender: harness.sender), harness
        )
    }

    private func failure(_ answers: ServerAnswer...) async throws -> (GraphError, Int) {
        let (client, harness) = try harness { [answers] _, index in answers[min(index, answers.count - 1)] }
        let error = try #require(
            await #expect(throws: GraphError.self) { try await client.invoke("Set-Mailbox", ["Identity": "a"]) })
        return (error, harness.service.requests.count)
    }

    private func thrown(_ name: String, _ text: String, status: Int = 400) -> ServerAnswer {
        .json(
            [
                "error": [
                    "code": "BadRequest", "message": "Error executing cmdlet",
                    "details": [["code": "Context", "message": .string("Ex6F9304|\(name)|\(text)")]],
                ]
            ], status: status)
    }

    @Test func sendsTheEnvelopeAndReadsAllPagesByPost() async throws {
        let (client, harness) = try harness { request, index in
            index == 0
                ? .json([
                    "value": [["Name": "a", "Name@data.type": "System.String"]],
                    "@odata.nextLink": "/next?$skiptoken=1",
                    "@adminapi.warnings": ["mind the gap"],
                ]) : .json(["value": [["Name": "b"]]])
        }
        let answer = try await client.run(
            "Get-Mailbox", ["RecipientTypeDetails": "SharedMailbox"], properties: ["Name", "Guid"])
        #expect(answer.values.map { $0["Name"]?.string } == ["a", "b"] && answer.warnings == ["mind the gap"])
        let requests = harness.service.requests
        #expect(requests.map(\.method) == ["POST", "POST"] && requests[0].body == requests[1].body)
        #expect(requests[0].path == "/adminapi/beta/tenant.example/InvokeCommand")
        #expect(requests[0].query("$select") == "Name,Guid" && requests[1].path == "/next")
        #expect(
            try JSONValue(parsing: requests[0].body) == [
                "CmdletInput": [
                    "CmdletName": "Get-Mailbox", "Parameters": ["RecipientTypeDetails": "SharedMailbox"],
                ]
            ])
        #expect(requests[0].header("X-AnchorMailbox")?.hasSuffix("@tenant.example") == true)
        #expect(requests[0].header("Authorization") == "Bearer token-1")
    }

    @Test func aCmdletWithoutOutputGivesNothing() async throws {
        let (client, service) = try harness { _, _ in .response(status: 204, headers: [], body: []) }
        defer { service.service.stop() }
        #expect(try await client.invoke("Set-Mailbox", ["Identity": "a"]).isEmpty)
    }

    @Test func aLinkElsewhereGetsNoTokenAndACircleEnds() async throws {
        let (client, first) = try harness { _, _ in
            .json(["value": [], "@odata.nextLink": "https://elsewhere.example/x"])
        }
        let error = await #expect(throws: GraphError.self) { try await client.invoke("Get-Mailbox", [:]) }
        #expect(error?.kind == .configuration)
        let (circle, second) = try harness { _, _ in .json(["value": [], "@odata.nextLink": "/again"]) }
        defer { for one in [first, second] { one.service.stop() } }
        let endless = await #expect(throws: GraphError.self) { try await circle.invoke("Get-Mailbox", [:]) }
        #expect(endless?.kind == .endless)
    }

    /// Each row of the sheet's table, and how often it is asked.
    @Test func errorsSayWhoMustAct() async throws {
        var (error, asked) = try await failure(
            thrown(
                "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException", "'x' couldn't be found",
                status: 404))
        #expect(error.kind == .notFound && asked == 1 && error.message.contains("'x' couldn't be found"))
        (error, asked) = try await failure(
            thrown(
                "Microsoft.Exchange.X",
                "'x' is out of the current user's write scope. The action can't be performed because the object is being synchronized from your on-premises organization"
            ))
        #expect(error.kind == .configuration && error.code == ExchangeAnswer.synchronisedObject && asked == 1)
        (error, asked) = try await failure(thrown("ParameterBindingException", "no such parameter"))
        #expect(error.kind == .refused && asked == 1)
        (error, asked) = try await failure(.response(status: 401, headers: [], body: []))
        #expect(error.kind == .authentication && asked == 2 && error.message.contains("Exchange.ManageAsApp"))
        (error, asked) = try await failure(
            .response(status: 403, headers: [("Content-Type", "text/plain")], body: Array("role isn't supported".utf8)))
        #expect(error.kind == .permission && asked == 1 && error.message.contains("Recipient Administrator"))
        (error, asked) = try await failure(
            thrown("CommandNotFoundException", "The term 'Set-Mailbox' is not recognized"))
        #expect(error.kind == .permission && asked == 1)
        (error, asked) = try await failure(.response(status: 500, headers: [], body: []))
        #expect(error.kind == .outcomeUnknown && asked == 1)
        (error, asked) = try await failure(
            thrown(
                "X", "You have reached the maximum number of concurrent requests per tenant. Please wait", status: 500))
        #expect(error.kind == .throttled && asked > 1)
        (error, asked) = try await failure(
            .response(
                status: 503, headers: [("Content-Type", "text/html")], body: Array("<html>busy</html>".utf8)))
        #expect(error.kind == .transient && asked > 1 && !error.message.contains("html"))
    }

    @Test func aPauseThatIsAskedForIsKept() async throws {
        let (client, service) = try harness { _, index in
            index == 0 ? .response(status: 429, headers: [("Retry-After", "7")], body: []) : .json(["value": []])
        }
        defer { service.service.stop() }
        #expect(try await client.invoke("Get-Mailbox", [:]).isEmpty)
    }
}
