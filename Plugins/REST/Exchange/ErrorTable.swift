// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import HTTPTransport
import JSONDocuments

/// Turns answers that no outcome rule covers into errors that say who must act.
struct ErrorTable: Sendable {
    let rules: [ErrorRule]
    let exchange: CAExchange

    /// The error for an answer.
    ///
    /// - Parameters:
    ///   - input: what programs see, the answer included.
    ///   - isCreating: whether the request may have made an order.
    func error(_ answer: HTTPResponse, _ input: JSONValue, isCreating: Bool) -> ConnectorError {
        let rule = rules.first { (try? $0.when?.isTrue(input)) == true }
        return exchange.error(
            for: answer, isCreating: isCreating, kind: rule?.kind,
            message: rule?.message.flatMap { try? $0.evaluate(input).string }, retryAfter: rule?.retryAfter)
    }
}
