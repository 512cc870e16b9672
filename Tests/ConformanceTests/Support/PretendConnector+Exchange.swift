// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments

/// Requests to the pretend CA, and the gate before those that order.
extension PretendConnector {
    /// Sends an order through the gate, or past it.
    func place(_ body: JSONValue, _ gate: SubmissionGate) async throws -> JSONValue {
        let open = SubmissionGate {}
        func post(_ gate: SubmissionGate) async throws -> JSONValue {
            try await call("POST", "/orders", body, gate: gate)
        }
        switch vice {
        case .ignoresGate: return try await post(open)
        case .opensGateTwice:
            return try await post(
                SubmissionGate {
                    try await gate.open()
                    try await gate.open()
                })
        case .opensGateEarly:
            try await gate.open()
            _ = try await call("GET", "/account")
            return try await post(open)
        case .opensGateLate:
            let answer = try await post(open)
            try await gate.open()
            return answer
        case .wrapsGateError:
            do { return try await post(gate) } catch  where !(error is ConnectorError) {
                throw ConnectorError(.transient, "the gate is closed: \(error)")
            }
        case .goesOnWhenClosed:
            do { return try await post(gate) } catch  where !(error is ConnectorError) { return try await post(open) }
        case .sendsMoreWhenClosed:
            do { return try await post(gate) } catch  where !(error is ConnectorError) {
                _ = try await call("POST", "/mails/none", [:])
                throw error
            }
        default: return try await post(gate)
        }
    }

    func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, gate: SubmissionGate? = nil
    ) async throws -> JSONValue {
        let isCreating = gate != nil
        let services = exchange.services
        var request = HTTPRequest(
            method: method, url: "https://ca.example" + path,
            headers: [("X-Key", key), ("X-Time", "\(services.clock.now().timeIntervalSince1970)")],
            body: body.map { Array($0.text.utf8) })
        if vice == .waitsForEver, isCreating { request.timeout = .seconds(86_400) }
        if vice == .takesAnySize, isCreating { request.maximumResponseSize = 1 << 40 }
        let answer = try await exchange.send(request, gate: gate)
        let value = answer.body.count > 1 << 20 ? nil : try? JSONValue(parsing: answer.body)
        guard answer.status == 200 else {
            var error = exchange.error(for: answer, isCreating: isCreating, message: value?["reason"]?.string)
            if vice == .ignoresRetryAfter, answer.status == 429 { error.retryAfter = nil }
            if vice == .ignoresRetryAfterOfFailures, answer.status != 429 { error.retryAfter = nil }
            throw error
        }
        guard let value else {
            if vice == .believesAnyAnswer, path == "/account" { return [:] }
            throw CAExchange.notUnderstood("no JSON", isCreating: isCreating)
        }
        return value
    }
}
