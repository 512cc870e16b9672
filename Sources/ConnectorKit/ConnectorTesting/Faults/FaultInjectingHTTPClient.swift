// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import HTTPTransport
internal import Synchronization

/// An HTTP client that lets exchanges go wrong in a chosen place, whatever server is behind it.
///
/// Logins are counted apart: `isConfidential` requests are exchanges, but no target of a fault unless it says so.
public final class FaultInjectingHTTPClient: HTTPClient {
    /// One exchange as it went by.
    public struct Exchange: Sendable {
        public let method: String
        /// Address and body, as they were sent.
        let question: String
        let body: [UInt8]
        public let isSafe: Bool
        public let isConfidential: Bool
        public let timeout: Duration
        public let maximumResponseSize: Int
        public let status: Int?
    }

    /// Where a fault strikes.
    public struct Target: Sendable {
        /// How many exchanges of the kind pass before it strikes.
        public var after: Int
        /// How many exchanges it strikes then.
        public var count: Int
        public var includesLogins: Bool

        public init(after: Int = 0, count: Int = 1, includesLogins: Bool = false) {
            self.after = after
            self.count = count
            self.includesLogins = includesLogins
        }

        public static let first = Target()
        public static let all = Target(count: .max, includesLogins: true)
    }

    private struct State {
        var fault: (HTTPFault, Target)?
        var seen = 0
        var struck = 0
        var cancelled = 0
        var exchanges: [Exchange] = []
    }

    private let inner: any HTTPClient
    private let state = Mutex(State())

    public init(_ inner: any HTTPClient) { self.inner = inner }

    /// Lets the next exchanges go wrong; replaces an earlier fault and forgets what went by.
    public func arm(_ fault: HTTPFault, at target: Target = .first) {
        state.withLock { $0 = State(fault: (fault, target)) }
    }

    /// Lets everything pass again and forgets what went by.
    public func disarm() { state.withLock { $0 = State() } }

    /// What went by since the last `arm` or `disarm`.
    public var exchanges: [Exchange] { state.withLock(\.exchanges) }

    /// How many exchanges were struck.
    public var struck: Int { state.withLock(\.struck) }

    /// How many exchanges that hung were given up by who waited for them.
    public var cancelled: Int { state.withLock(\.cancelled) }

    public func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        do {
            let answer = try await strike(next(request), request)
            note(request, answer.status)
            return answer
        } catch {
            note(request, nil)
            throw error
        }
    }

    private func next(_ request: HTTPRequest) -> HTTPFault? {
        state.withLock { state in
            guard let (fault, target) = state.fault, target.includesLogins || !request.isConfidential else {
                return nil
            }
            state.seen += 1
            guard state.seen > target.after, state.struck < target.count else { return nil }
            state.struck += 1
            return fault
        }
    }

    private func note(_ request: HTTPRequest, _ status: Int?) {
        let exchange = Exchange(
            method: request.method, question: "\(request.url) \(String(decoding: request.body ?? [], as: UTF8.self))",
            body: request.body ?? [], isSafe: request.isSafe, isConfidential: request.isConfidential,
            timeout: request.timeout, maximumResponseSize: request.maximumResponseSize, status: status)
        state.withLock { $0.exchanges.append(exchange) }
    }

    private func strike(
        _ fault: HTTPFault?, _ request: HTTPRequest
    ) async throws(HTTPTransportError) -> HTTPResponse {
        switch fault {
        case nil: return try await inner.send(request)
        case .loseAnswer:
            _ = try await inner.send(request)
            throw HTTPTransportError(.unknownOutcome, "the connection ended before the answer was complete")
        case .timeOutBeforeSending:
            throw HTTPTransportError(.timeout(sent: false), "no connection within the time allowed")
        case .timeOutAfterSending:
            _ = try await inner.send(request)
            throw HTTPTransportError(.timeout(sent: true), "no complete answer within the time allowed")
        case .refuseConnection: throw HTTPTransportError(.notSent, "the connection was refused")
        case .distrustServer: throw HTTPTransportError(.untrusted, "the server's certificate is not trusted")
        case .hang(let duration):
            do { try await Task.sleep(for: min(duration, request.timeout)) } catch {
                state.withLock { $0.cancelled += 1 }
                throw HTTPTransportError(.cancelled(sent: false), "cancelled")
            }
            throw HTTPTransportError(.timeout(sent: true), "no complete answer within the time allowed")
        case .answer(let answer): return try bounded(answer, request)
        case .replaceAnswer(let change): return try bounded(change(try await inner.send(request)), request)
        }
    }

    /// The bound that the real transport keeps.
    private func bounded(_ answer: HTTPResponse, _ request: HTTPRequest) throws(HTTPTransportError) -> HTTPResponse {
        guard answer.body.count <= request.maximumResponseSize else {
            throw HTTPTransportError(
                .tooLarge, "the answer is larger than the \(request.maximumResponseSize) bytes allowed")
        }
        return answer
    }
}
