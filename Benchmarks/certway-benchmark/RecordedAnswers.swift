// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing

/// Finds the recorded answer for a request: the one for the very same bytes, else the last one for that address. Some
/// protocols send all operations to one address, and some requests carry the time.
struct RecordedAnswers: Sendable {
    private struct Key: Hashable {
        let line: String
        let body: [UInt8]?
    }

    private var answers: [Key: ServerAnswer] = [:]

    init(_ exchanges: [Exchange]) {
        for exchange in exchanges {
            let line = "\(exchange.method) \(exchange.target)"
            answers[Key(line: line, body: exchange.body ?? [])] = exchange.served
            answers[Key(line: line, body: nil)] = exchange.served
        }
    }

    func answer(_ request: ServerRequest) -> ServerAnswer {
        let line = "\(request.method) \(request.target)"
        return answers[Key(line: line, body: request.body)] ?? answers[Key(line: line, body: nil)]
            ?? .text("not in the record", status: 404)
    }
}
