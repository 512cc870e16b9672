// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import HTTPTransport
internal import JSONDocuments

/// Turns answers that no outcome rule covers into errors that say who must act.
struct ErrorTable: Sendable {
    let rules: [ErrorRule]
    let exchange: CAExchange

    /// The error for an answer.
    ///
    /// - Parameters:
    ///   - input: what programs see, the answer included.
    ///   - message: what the format made of the answer.
    ///   - isCreating: whether the request may have made an order.
    func error(
        _ answer: HTTPResponse, _ message: MessageAnswer, _ input: JSONValue, isCreating: Bool
    ) -> ConnectorError {
        let rule = rules.first { (try? $0.when?.isTrue(input)) == true }
        if rule == nil, answer.isSuccess, let problem = message.problem {
            return CAExchange.notUnderstood(
                problem, isCreating: isCreating, detail: SafeText.excerpt(exchange.mask.masking(answer.text)))
        }
        return exchange.error(
            for: answer, isCreating: isCreating, kind: rule?.kind ?? message.kind,
            message: rule?.message.flatMap { try? $0.evaluate(input).string } ?? message.message,
            retryAfter: rule?.retryAfter)
    }
}
