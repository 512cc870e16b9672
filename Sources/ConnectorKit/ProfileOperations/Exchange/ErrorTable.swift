// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import HTTPTransport
internal import JSONDocuments

/// Turns answers that no outcome rule covers into errors that say who must act.
struct ErrorTable: Sendable {
    let rules: [ErrorRule]
    /// Where the profile stands, for whoever mends it.
    let file: String
    let exchange: CAExchange

    /// The error for an answer.
    ///
    /// - Parameters:
    ///   - input: what programs see, the answer included.
    ///   - isCreating: whether the request may have made an order.
    ///   - mayPass: whether a success that no rule covers is tried again like any failure that passes: while an order is searched for,
    ///     and for a step that may have been taken, nothing else is concluded from it.
    func error(
        _ answer: OperationAnswer, _ input: JSONValue, isCreating: Bool, mayPass: Bool = false
    ) -> ConnectorError {
        let (answer, message) = (answer.response, answer.message)
        let rule = rules.first { (try? $0.when?.isTrue(input)) == true }
        if rule == nil, message.isOwn, message.isSuccess, message.problem == nil, message.kind == nil, answer.isSuccess,
            let name = input["operation"]?.string, !name.isEmpty
        {
            return unknown(answer, of: name, isCreating: isCreating, mayPass: mayPass)
        }
        if rule == nil, answer.isSuccess, let problem = message.problem {
            return CAExchange.notUnderstood(
                problem, isCreating: isCreating, detail: SafeText.excerpt(exchange.mask.masking(answer.text)))
        }
        let told = rule?.message.flatMap { try? $0.evaluate(input).string }
        let kind = rule?.kind ?? message.kind
        let isNamed = rule?.kind == nil ? message.isOwn : rule?.when.map { message.isNamed(by: $0, input) } ?? false
        let hints = [
            kind == nil || isCreating && message.isOwn && !isNamed
                ? gap(answer.status, isCreating: isCreating, rule) : nil,
            told == nil && kind == nil ? uncovered(answer.status, input) : nil,
        ].compactMap(\.self)
        return exchange.error(
            for: answer, isCreating: isCreating, kind: kind, isOwn: isNamed, message: told ?? message.message,
            hint: hints.isEmpty ? nil : hints.joined(separator: "; "), retryAfter: rule?.retryAfter,
            ifAbsent: rule?.ifAbsent)
    }

    /// A success of the CA's own that neither an outcome nor an error rule is for. It does not go away by itself: the profile lacks the rule, so whoever
    /// keeps it is told what the CA said. What may have made an order stays in doubt.
    private func unknown(
        _ answer: HTTPResponse, of name: String, isCreating: Bool, mayPass: Bool
    ) -> ConnectorError {
        let body = SafeText.sentence(exchange.mask.masking(String(decoding: answer.body.prefix(8192), as: UTF8.self)))
        let excerpt = body.count > Self.shownCharacters ? body.prefix(Self.shownCharacters) + "…" : body
        let said = excerpt.isEmpty ? "" : ", and the CA said \(excerpt)"
        let isLasting = !isCreating && !mayPass
        return exchange.error(
            for: answer, isCreating: isCreating, kind: isLasting ? .configuration : nil,
            hint:
                "no outcome of operations.\(name) covers it, and no error rule: the integrator adds the rule to \(file), '--log trace' shows "
                + "the whole answer\(said)",
            ifAbsent: isLasting ? .transient : nil)
    }

    private static let shownCharacters = 160

    /// The error for a login that the CA refused, in the words that the error table finds in the answer. Who acts says the status: rules
    /// are written for what comes after the login.
    func error(login refusal: LoginRefusal) -> ConnectorError {
        var error = exchange.error(login: refusal.answer)
        let input = JSONValue.object(OperationContext.members(of: refusal.answer, refusal.message))
        let rule = rules.first { (try? $0.when?.isTrue(input)) == true }
        guard let words = rule?.message.flatMap({ try? $0.evaluate(input).string }) ?? refusal.message.message else {
            return error
        }
        error.message =
            "the CA answered the login with \(refusal.answer.status): \(SafeText.sentence(exchange.mask.masking(words)))"
        return error
    }

    private func uncovered(_ status: Int, _ input: JSONValue) -> String? {
        guard 200..<300 ~= status, let name = input["operation"]?.string, !name.isEmpty else {
            return CAExchange.hint(status)
        }
        return "no outcome of operations.\(name) covers it, and no error rule"
    }

    /// What the profile lacks to tell what an answer means; for integrators.
    private func gap(_ status: Int, isCreating: Bool, _ rule: ErrorRule?) -> String? {
        guard 400..<500 ~= status, ![401, 407, 429].contains(status) else { return nil }
        guard let rule else { return "no error rule of the profile covers it" }
        let lack = rule.kind == nil ? "names no kind" : "goes by the status alone"
        return isCreating ? "its error rule \(lack), so it is no proof that no order was made" : nil
    }
}
