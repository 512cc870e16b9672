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
    private let difference = ClockDifference()
    /// How long to hold back when the CA throttles without saying how long.
    public let pause: Duration
    /// Whether an order can be asked about by the CA's id.
    let canPoll: Bool

    public init(_ profile: ConnectorProfile, services: ConnectorServices, secrets: [Secret]) {
        self.services = services
        self.secrets = secrets
        pause = profile.limits.map(\.per).min() ?? .seconds(5)
        canPoll = profile.claims(.poll)
    }

    /// Seconds by which the CA's clock was ahead of this machine's at its latest answer; nil when that told no time.
    public var clockDifference: Double? { difference.latest }

    public var mask: SecretMask { SecretMask(secrets + passing.latest) }

    /// One exchange within the limits; an answer 429 holds back all work on the backend CA.
    ///
    /// - Parameter gate: for a request that may make an order: opened before it leaves; a lost answer is `outcomeUnknown`.
    /// - Throws: `ConnectorError`, which says `hasSurelyNotLeft` where a gate was opened in vain; what the gate throws;
    ///   `CancellationError` when the task was cancelled before the gate was open, or there is none.
    public func send(_ request: HTTPRequest, gate: SubmissionGate? = nil) async throws -> HTTPResponse {
        try await services.rateLimiter.acquire()
        try await gate?.open()
        var request = request
        passing.note(request.secrets)
        request.secrets += secrets
        // What somebody on the way has kept is not what the CA says now (RFC 9111 §5.2.1.4).
        if !request.headers.contains(where: { $0.name.lowercased() == "cache-control" }) {
            request.headers.append(("Cache-Control", "no-cache"))
        }
        let answer: HTTPResponse
        do { answer = try await services.http.send(request) } catch {
            guard gate != nil else { throw Self.error(error) }
            throw Self.error(ordering: error)
        }
        difference.note(answer, at: services.clock.now())
        if answer.status == 429 {
            let told = answer.headers.retryAfter(now: services.clock.now())
            await services.rateLimiter.pause(for: told ?? pause)
        }
        return answer
    }

    /// The error for an answer that is no success, or none that is understood.
    ///
    /// For a request that may have made an order it is `outcomeUnknown`, with what it would mean otherwise as `ifAbsent`,
    /// unless the answer proves that no order was made; see `isProof`.
    ///
    /// - Parameters:
    ///   - kind: what a profile or protocol knows better than the status tells.
    ///   - isOwn: whether the answer is a message of the CA's own, which the page of a proxy is not.
    ///   - message: the CA's reason; becomes one bounded line without secrets. Nil: the body's own words.
    ///   - hint: what to do about it, or what is missing to know more. Nil: by the status, unless `message` says it.
    ///   - retryAfter: when to try again, if the body tells; otherwise the header does.
    ///   - ifAbsent: beside the kind `outcomeUnknown`: what it means once a search has found no order.
    public func error(
        for answer: HTTPResponse, isCreating: Bool, kind: ConnectorError.Kind? = nil, isOwn: Bool = true,
        message: String? = nil, hint: String? = nil, retryAfter: Duration? = nil, ifAbsent: ConnectorError.Kind? = nil
    ) -> ConnectorError {
        let meaning = kind ?? Self.kind(answer.status)
        let isInDoubt = isCreating && !answer.isToSignIn && !Self.isProof(answer.status, isOwn ? kind : nil)
        let words = (message ?? Self.words(answer)).map { SafeText.sentence(mask.masking($0)) } ?? ""
        let advice = hint ?? (message == nil ? Self.hint(answer.status) : nil)
        let text = [words.isEmpty ? "" : ": \(words)", advice.map { "; \($0)" } ?? ""]
        var retryAfter = retryAfter ?? answer.headers.retryAfter(now: services.clock.now())
        if meaning == .throttled { retryAfter = retryAfter ?? pause }
        // An answer that is no refusal and says nothing we know means the same as a lost one.
        let isLost = meaning == .outcomeUnknown || kind == nil && answer.isSuccess
        return ConnectorError(
            isInDoubt ? .outcomeUnknown : meaning, "the CA answered \(answer.status)\(text.joined())",
            detail: SafeText.excerpt(mask.masking(answer.text)), retryAfter: retryAfter,
            ifAbsent: isInDoubt && !isLost ? meaning : ifAbsent)
    }

    /// Whether an answer proves that the order it answers was not taken.
    ///
    /// The CA itself must say what it is, in words that profile or protocol name. A status proves nothing, neither 401 nor 429:
    /// who passes requests on speaks HTTP, too. A redirect (3xx) and a conflict (409) tell of something that exists, 408 and 425
    /// of the way there, and a server that failed (5xx) may have failed afterwards: "try again" proves nothing then.
    ///
    /// - Parameter named: what the CA's own answer means; nil when nobody says.
    public static func isProof(_ status: Int, _ named: ConnectorError.Kind?) -> Bool {
        if named == .outcomeUnknown { return false }
        switch status {
        case 300..<400, 408, 409, 425: return false
        case 400..<500: return named != nil
        default: return named != nil && named != .transient
        }
    }

    /// The error for a login the CA refused: nothing else was sent.
    public func error(login answer: HTTPResponse) -> ConnectorError {
        var kind = Self.kind(answer.status)
        if kind == .refused { kind = .authentication }
        let words = Self.words(answer).map { ": \(SafeText.sentence(mask.masking($0)))" } ?? ""
        return ConnectorError(
            kind, "the CA answered the login with \(answer.status)\(words)",
            detail: SafeText.excerpt(mask.masking(answer.text)),
            retryAfter: answer.headers.retryAfter(now: services.clock.now()) ?? (kind == .throttled ? pause : nil))
    }

    /// The error for an answer that says success and yet cannot be read.
    public static func notUnderstood(_ what: String, isCreating: Bool, detail: String? = nil) -> ConnectorError {
        ConnectorError(
            isCreating ? .outcomeUnknown : .transient, "the CA's answer is not understood: \(what)", detail: detail)
    }

    /// For a request that may have made an order.
    private static func error(ordering failure: HTTPTransportError) -> ConnectorError {
        if failure.mayHaveBeenSent { return ConnectorError(.outcomeUnknown, failure.message) }
        // Given up while it was still connecting: on record as sent, and it was not.
        var error = error(failure) as? ConnectorError ?? ConnectorError(.transient, failure.message)
        // Where the server has refused our certificate, bytes may have left that it never read: one look costs nothing.
        error.hasSurelyNotLeft = failure.kind != .notAuthenticated
        return error
    }

    private static func error(_ failure: HTTPTransportError) -> any Error {
        switch failure.kind {
        case .invalidRequest, .untrusted: return ConnectorError(.configuration, failure.message)
        case .notAuthenticated: return ConnectorError(.authentication, failure.message)
        case .cancelled: return CancellationError()
        case .notSent, .unknownOutcome, .timeout: return ConnectorError(.transient, failure.message)
        case .tooLarge: return ConnectorError(.configuration, failure.message)
        }
    }

    /// What an answer means where nobody knows better.
    private static func kind(_ status: Int) -> ConnectorError.Kind {
        switch status {
        case 401, 403: .authentication
        case 429: .throttled
        case 300..<400, 407: .configuration
        case 408, 425: .transient
        case 400..<500: .refused
        // What is left: success that no rule covers, and servers that failed.
        default: .transient
        }
    }

    /// What to do about an answer of that status.
    public static func hint(_ status: Int) -> String? {
        switch status {
        case 200..<300: "no rule of the profile covers it"
        case 300..<400: "it is a redirect; check the endpoint"
        case 401, 403: "check credentials and rights of the account"
        case 407: "the proxy wants a login"
        default: nil
        }
    }

    /// The beginning of a body that is text.
    private static func words(_ answer: HTTPResponse) -> String? {
        guard !answer.isSuccess, !answer.body.isEmpty else { return nil }
        let text = String(decoding: answer.body.prefix(8192), as: UTF8.self)
        return text.dropLast(2).contains("\u{FFFD}") ? nil : text
    }
}
