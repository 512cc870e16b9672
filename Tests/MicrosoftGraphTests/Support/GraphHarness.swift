// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPServing
import HTTPTransport
import JSONDocuments
import MicrosoftGraph
import Secrets
import Synchronization

/// A client of a scripted service, with a clock that does not wait.
struct GraphHarness {
    let service: ScriptedService
    let clock = TestClock()
    let tokens: TokenSource
    let client: GraphClient
    let sender: RequestSender

    /// - Parameter answer: for everything but token requests, which succeed.
    init(
        paging: PagingLimits = PagingLimits(), _ answer: @escaping @Sendable (ServerRequest, Int) -> ServerAnswer
    ) throws {
        let graphRequests = Counter()
        let tokenRequests = Counter()
        try self.init(
            service: ScriptedService { request, _ in
                request.path.hasSuffix("/oauth2/v2.0/token")
                    ? .token("token-\(tokenRequests.next() + 1)") : answer(request, graphRequests.next())
            }, paging: paging)
    }

    /// Answers in this order; the last one again and again.
    init(_ answers: ServerAnswer...) throws {
        try self.init { [answers] _, index in answers[min(index, answers.count - 1)] }
    }

    init(service: ScriptedService, paging: PagingLimits = PagingLimits()) throws {
        self.service = service
        let endpoints = TenantEndpoints(authority: service.url, graph: service.url)
        sender = RequestSender(http: CurlHTTPClient(), clock: clock)
        tokens = TokenSource(
            credential: ClientSecretCredential(
                tenant: "tenant.example", clientID: "client-1", secret: Secret("s3cret"), endpoints: endpoints),
            sender: sender)
        client = GraphClient(endpoints: endpoints, tokens: tokens, sender: sender, paging: paging)
    }
}

/// Counts calls from several threads.
final class Counter: Sendable {
    private let value = Mutex(0)
    /// The number of calls before this one.
    func next() -> Int {
        value.withLock { count in
            defer { count += 1 }
            return count
        }
    }
    var count: Int { value.withLock { $0 } }
}
