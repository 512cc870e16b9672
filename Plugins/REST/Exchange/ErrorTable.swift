// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import Foundation
import HTTPTransport
import JSONDocuments

/// Turns answers and failures that no outcome rule covers into errors that say who must act.
struct ErrorTable: Sendable {
    let rules: [ErrorRule]
    let clock: any ConnectorClock
    /// How long to hold back when the CA throttles without saying how long.
    let pause: Duration

    /// The error for an answer.
    ///
    /// - Parameters:
    ///   - input: what programs see, the answer included.
    ///   - isCreating: whether the request may have made an order.
    func error(_ answer: HTTPResponse, _ input: JSONValue, isCreating: Bool, mask: SecretMask) -> ConnectorError {
        let rule = rules.first { (try? $0.when?.isTrue(input)) == true }
        var kind = rule?.kind ?? Self.kind(answer.status, isCreating: isCreating)
        // A server that failed may have failed after it took the order, whatever the profile says in general.
        if isCreating, kind == .transient, answer.status >= 500 || answer.status == 408 { kind = .outcomeUnknown }
        let told = rule?.message.flatMap { try? $0.evaluate(input).string }
        let text = told.map { ": " + Self.sentence(mask.masking($0)) } ?? Self.hint(answer.status)
        var retryAfter = rule?.retryAfter ?? answer.headers.retryAfter(now: clock.now())
        if kind == .throttled { retryAfter = retryAfter ?? pause }
        return ConnectorError(
            kind, "the CA answered \(answer.status)\(text)", detail: Self.excerpt(mask.masking(answer.text)),
            retryAfter: retryAfter)
    }

    /// The error for a login the CA refused: nothing else was sent.
    func error(login answer: HTTPResponse, mask: SecretMask) -> ConnectorError {
        var kind = Self.kind(answer.status, isCreating: false)
        if kind == .refused { kind = .authentication }
        return ConnectorError(
            kind, "the CA answered the login with \(answer.status)", detail: Self.excerpt(mask.masking(answer.text)),
            retryAfter: answer.headers.retryAfter(now: clock.now()) ?? (kind == .throttled ? pause : nil))
    }

    /// The error for an exchange without answer.
    static func error(_ failure: HTTPTransportError, isCreating: Bool) -> any Error {
        if isCreating, failure.mayHaveBeenSent { return ConnectorError(.outcomeUnknown, failure.message) }
        switch failure.kind {
        case .invalidRequest, .untrusted: return ConnectorError(.configuration, failure.message)
        case .cancelled: return CancellationError()
        case .notSent, .unknownOutcome, .timeout: return ConnectorError(.transient, failure.message)
        case .tooLarge: return ConnectorError(.configuration, failure.message)
        }
    }

    /// The error for an answer that says success and yet cannot be read.
    static func notUnderstood(_ what: String, isCreating: Bool, detail: String? = nil) -> ConnectorError {
        ConnectorError(
            isCreating ? .outcomeUnknown : .transient, "the CA's answer is not understood: \(what)", detail: detail)
    }

    static func kind(_ status: Int, isCreating: Bool) -> ConnectorError.Kind {
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

    /// One bounded line of a text from outside.
    static func sentence(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let clean = String(
            String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
        return clean.count <= 300 ? clean : clean.prefix(300) + "…"
    }

    private static func excerpt(_ text: String) -> String { text.count <= 2000 ? text : text.prefix(2000) + "…" }
}
