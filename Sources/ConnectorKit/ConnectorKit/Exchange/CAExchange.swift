// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import HTTPTransport
public import Secrets

/// Sends requests to one backend CA: within its limits, with errors that say who must act. All connectors that speak HTTP
/// send through it.
public struct CAExchange: Sendable {
    public let services: ConnectorServices
    /// What never appears in a trace, a message or a detail, beside the secrets that requests bring along.
    public let secrets: [Secret]
    private let passing = PassingSecrets()
    /// How long to hold back when the CA throttles without saying how long.
    public let pause: Duration

    public init(_ profile: ConnectorProfile, services: ConnectorServices, secrets: [Secret]) {
        self.services = services
        self.secrets = secrets
        pause = profile.limits.map(\.per).min() ?? .seconds(5)
    }

    public var mask: SecretMask { SecretMask(secrets + passing.latest) }

    /// One exchange within the limits; an answer 429 holds back all work on the backend CA.
    ///
    /// - Parameter gate: for a request that may make an order: opened before it leaves; a lost answer is `outcomeUnknown`.
    /// - Throws: `ConnectorError`; what the gate throws; `CancellationError` when the task was cancelled and nothing may have
    ///   been ordered.
    public func send(_ request: HTTPRequest, gate: SubmissionGate? = nil) async throws -> HTTPResponse {
        try await services.rateLimiter.acquire()
        try await gate?.open()
        var request = request
        passing.note(request.secrets)
        request.secrets += secrets
        let answer: HTTPResponse
        do { answer = try await services.http.send(request) } catch {
            throw Self.error(error, isCreating: gate != nil)
        }
        if answer.status == 429 {
            let told = answer.headers.retryAfter(now: services.clock.now())
            await services.rateLimiter.pause(for: told ?? pause)
        }
        return answer
    }

    /// The error for an answer that is no success, or none that is understood.
    ///
    /// - Parameters:
    ///   - kind: what a profile or protocol knows better than the status tells.
    ///   - message: the CA's reason; becomes one bounded line without secrets.
    ///   - retryAfter: when to try again, if the body tells; otherwise the header does.
    public func error(
        for answer: HTTPResponse, isCreating: Bool, kind: ConnectorError.Kind? = nil, message: String? = nil,
        retryAfter: Duration? = nil
    ) -> ConnectorError {
        var kind = kind ?? Self.kind(answer.status, isCreating: isCreating)
        // A server that failed may have failed after it took the order, whatever the profile says in general.
        if isCreating, kind == .transient, answer.status >= 500 || answer.status == 408 || answer.isSuccess {
            kind = .outcomeUnknown
        }
        let text = message.map { ": " + SafeText.sentence(mask.masking($0)) } ?? Self.hint(answer.status)
        var retryAfter = retryAfter ?? answer.headers.retryAfter(now: services.clock.now())
        if kind == .throttled { retryAfter = retryAfter ?? pause }
        return ConnectorError(
            kind, "the CA answered \(answer.status)\(text)", detail: SafeText.excerpt(mask.masking(answer.text)),
            retryAfter: retryAfter)
    }

    /// The error for a login the CA refused: nothing else was sent.
    public func error(login answer: HTTPResponse) -> ConnectorError {
        var kind = Self.kind(answer.status, isCreating: false)
        if kind == .refused { kind = .authentication }
        return ConnectorError(
            kind, "the CA answered the login with \(answer.status)",
            detail: SafeText.excerpt(mask.masking(answer.text)),
            retryAfter: answer.headers.retryAfter(now: services.clock.now()) ?? (kind == .throttled ? pause : nil))
    }

    /// The error for an answer that says success and yet cannot be read.
    public static func notUnderstood(_ what: String, isCreating: Bool, detail: String? = nil) -> ConnectorError {
        ConnectorError(
            isCreating ? .outcomeUnknown : .transient, "the CA's answer is not understood: \(what)", detail: detail)
    }

    private static func error(_ failure: HTTPTransportError, isCreating: Bool) -> any Error {
        if isCreating, failure.mayHaveBeenSent { return ConnectorError(.outcomeUnknown, failure.message) }
        switch failure.kind {
        case .invalidRequest, .untrusted: return ConnectorError(.configuration, failure.message)
        case .notAuthenticated: return ConnectorError(.authentication, failure.message)
        case .cancelled: return CancellationError()
        case .notSent, .unknownOutcome, .timeout: return ConnectorError(.transient, failure.message)
        case .tooLarge: return ConnectorError(.configuration, failure.message)
        }
    }

    private static func kind(_ status: Int, isCreating: Bool) -> ConnectorError.Kind {
        switch status {
        case 401, 403: .authentication
        case 429: .throttled
        case 300..<400, 407: .configuration
        case 400..<500 where status != 408: .refused
        // What is left: success that no rule covers, and servers that failed.
        default: isCreating ? .outcomeUnknown : .transient
        }
    }

    private static func hint(_ status: Int) -> String {
        switch status {
        case 200..<300: " with content that no rule of the profile covers"
        case 300..<400: ", a redirect; check the endpoint"
        case 401, 403: "; check credentials and rights of the account"
        case 407: ": the proxy wants a login"
        default: ""
        }
    }
}
