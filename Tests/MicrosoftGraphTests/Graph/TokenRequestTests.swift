// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import HTTPTransport
import MicrosoftGraph
import Secrets
import TestSupport
import Testing

/// wire/entra-oauth.md sections 1, 3 and 4.
@Suite(.timeLimit(.minutes(5))) struct TokenRequestTests {
    private func credential(_ service: ScriptedService, secret: String = "s3cret") -> ClientSecretCredential {
        ClientSecretCredential(
            tenant: "tenant.example", clientID: "4f6e", secret: Secret(secret),
            endpoints: TenantEndpoints(authority: service.url + "/", graph: service.url))
    }

    private func failure(_ answers: ServerAnswer...) async throws -> (GraphError?, TestClock, ScriptedService) {
        let service = try ScriptedService(answers)
        let clock = TestClock()
        let sender = RequestSender(http: CurlHTTPClient(), clock: clock)
        do {
            _ = try await credential(service).requestToken(scope: "https://x/.default", through: sender)
            return (nil, clock, service)
        } catch let error as GraphError {
            return (error, clock, service)
        }
    }

    @Test func formEncodesEveryValue() async throws {
        let service = try ScriptedService([.token()])
        let secret = "a~b+c/%&=ä .-_"
        let token = try await credential(service, secret: secret).requestToken(
            scope: "https://graph.microsoft.com/.default", through: RequestSender(http: CurlHTTPClient()))
        #expect(token.value.revealed == "token-1")
        let request = try #require(service.tokenRequests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/tenant.example/oauth2/v2.0/token")
        #expect(request.header("Content-Type") == "application/x-www-form-urlencoded")
        let judged = try await Tool.python(
            """
            import sys, urllib.parse
            for name, value in urllib.parse.parse_qsl(sys.stdin.read(), strict_parsing=True): print(name, value)
            """, input: request.body)
        #expect(
            judged.trimmingCharacters(in: .newlines) == """
                client_id 4f6e
                grant_type client_credentials
                scope https://graph.microsoft.com/.default
                client_secret \(secret)
                """)
    }

    @Test(
        "a code of the error table says who must act",
        arguments: [
            (401, "invalid_client", 7_000_215, GraphError.Kind.authentication, "not its id"),
            (401, "invalid_client", 7_000_222, .authentication, "has expired"),
            (400, "unauthorized_client", 700_016, .configuration, "not known in this tenant"),
            (400, "invalid_request", 90_002, .configuration, "tenant does not exist"),
            (400, "invalid_resource", 500_011, .permission, "admin consent"),
            (400, "invalid_scope", 70_011, .configuration, "/.default"),
            (401, "invalid_client", 7_999_999, .authentication, "invalid_client: AADSTS7999999: text"),
        ])
    func errorTable(_ status: Int, _ word: String, _ code: Int, _ kind: GraphError.Kind, _ says: String) async throws {
        let (error, clock, service) = try await failure(
            .json(
                [
                    "error": .string(word), "error_codes": [.number(Double(code))],
                    "error_description": "AADSTS\(code): text\r\nTrace ID: 0b", "trace_id": "0b",
                    "correlation_id": "6c",
                ], status: status))
        #expect(error?.kind == kind)
        #expect(error?.code == "AADSTS\(code)")
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("trace id 0b, correlation id 6c") == true)
        #expect(error?.message.contains { $0.isNewline } == false)
        #expect(service.tokenRequests.count == 1)
        #expect(clock.sleeps.isEmpty)
    }

    @Test func plainTextThrottlingAndHTMLAreRetried() async throws {
        let (error, clock, service) = try await failure(
            .response(status: 429, headers: [("Retry-After", "7")], body: Array("Too Many Requests".utf8)),
            .text("<html>bad gateway</html>", status: 502, type: "text/html"),
            .json(["error": "temporarily_unavailable", "error_codes": [90_033]], status: 400),
            .cutConnection, .token())
        #expect(error == nil)
        #expect(service.tokenRequests.count == 5)
        #expect(clock.sleeps.first == .seconds(7))
    }

    @Test func aServiceThatStaysDownIsTransientAndNamesTheStatus() async throws {
        let (error, clock, service) = try await failure(.text("<html></html>", status: 503, type: "text/html"))
        #expect(error?.kind == .transient)
        #expect(error?.status == 503)
        #expect(service.tokenRequests.count == RetryPolicy().attempts)
        #expect(clock.sleeps.count == RetryPolicy().attempts - 1)
    }

    @Test func anAnswerWithoutTokenIsNotAToken() async throws {
        let (error, _, _) = try await failure(.json(["token_type": "Bearer"]))
        #expect(error?.kind == .transient)
    }

    @Test func scopeNamesTheCloudNotTheAddress() {
        #expect(TenantEndpoints().graphScope == "https://graph.microsoft.com/.default")
        #expect(
            TenantEndpoints(cloud: .china, graph: "http://127.0.0.1:1").graphScope
                == "https://microsoftgraph.chinacloudapi.cn/.default")
        #expect(
            TenantEndpoints(cloud: .usGovernment).tokenURL(tenant: "a b")
                == "https://login.microsoftonline.us/a%20b/oauth2/v2.0/token")
    }
}
