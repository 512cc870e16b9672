// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport

/// Sends one request until it succeeds, fails for good, or the policy gives up: the one place that decides what may be
/// repeated (wire/graph-directory.md sections 1 and 8, wire/entra-oauth.md section 3).
public struct RequestSender: Sendable {
    let http: any HTTPClient
    let clock: any ConnectorClock
    package let logger: any ConnectorLogger
    let policy: RetryPolicy
    private let tenantClock: TenantClock?

    /// - Parameter tenantClock: learns what time the answers tell.
    public init(
        http: any HTTPClient, clock: any ConnectorClock = SystemClock(), logger: any ConnectorLogger = SilentLogger(),
        policy: RetryPolicy = RetryPolicy(), tenantClock: TenantClock? = nil
    ) {
        self.http = http
        self.clock = clock
        self.logger = logger
        self.policy = policy
        self.tenantClock = tenantClock
    }

    /// - Parameters:
    ///   - isIdempotent: false repeats only what surely was not executed: nothing sent, or refused by throttling.
    ///   - read: makes the value of a complete answer, or throws a `GraphError` that says what the answer means.
    /// - Throws: `GraphError`, with kind `outcomeUnknown` when a request that is not idempotent may have been executed;
    ///   `CancellationError`.
    package func send<Value>(
        _ request: HTTPRequest, isIdempotent: Bool, read: (HTTPResponse) throws -> Value
    ) async throws -> Value {
        try await send(isIdempotent: isIdempotent, { request }, read: read)
    }

    /// The same with a request that is made anew for each attempt, because something in it may be used once.
    func send<Value>(
        isIdempotent: Bool, _ make: () throws -> HTTPRequest, read: (HTTPResponse) throws -> Value
    ) async throws -> Value {
        let policy = Patience.isShort ? RetryPolicy.whileSomebodyWaits : policy
        var attempt = 1
        var work = Duration.zero
        while true {
            try Task.checkCancellation()
            let start = clock.uptime()
            do {
                return try read(try await response(to: try make()))
            } catch let error as GraphError where error.kind == .transient || error.kind == .throttled {
                if error.mayHaveExecuted && !isIdempotent { throw error.with(kind: .outcomeUnknown) }
                let took = clock.uptime() - start
                work += took
                guard work < policy.longestWork,
                    let delay = policy.delay(after: attempt, retryAfter: error.retryAfter)
                else { throw error }
                logger.log(
                    took < policy.longAttempt ? .debug : .notice, "\(error.message); it is tried again",
                    fields: [("attempt", "\(attempt)"), ("delay", "\(delay)")])
                try await clock.sleep(for: delay)
                attempt += 1
            }
        }
    }

    private func response(to request: HTTPRequest) async throws -> HTTPResponse {
        do {
            let answer = try await http.send(request)
            tenantClock?.note(answer, at: clock.now())
            return answer
        } catch {
            let what = "\(request.method) \(address(request.url)): \(error.message)"
            switch error.kind {
            case .cancelled: throw CancellationError()
            case .invalidRequest, .untrusted, .notAuthenticated: throw GraphError(.configuration, what)
            case .notSent, .timeout, .unknownOutcome, .tooLarge:
                throw GraphError(.transient, what, mayHaveExecuted: error.mayHaveBeenSent)
            }
        }
    }

    /// The URL without its query, which may name people or carry tokens.
    private func address(_ url: String) -> Substring { url.prefix { $0 != "?" } }
}
