// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import Foundation
internal import HTTPTransport
internal import JSONDocuments
internal import PKIX

/// Runs the operations of one profile for one backend CA. It knows no CA and no message format.
public struct OperationEngine: Sendable {
    let client: OperationClient
    let common: ConnectorProfile
    let settings: ConnectorSettings
    let chains: IssuedChainReader
    private var rules: OperationProfile { client.profile }

    /// - Throws: `ConnectorError` of kind `configuration` where profile and settings do not go together.
    init(
        _ profile: ConnectorProfile, _ settings: ConnectorSettings, _ services: ConnectorServices,
        format: any MessageFormat.Type
    ) throws {
        let rules: OperationProfile
        do {
            rules =
                try profile.prepared.take(OperationProfile.self, of: profile)
                ?? OperationProfile(profile, format: format)
        } catch {
            throw ConnectorError(
                .configuration, "the connector profile \(profile.file) is not usable", detail: "\(error)")
        }
        common = profile
        self.settings = settings
        chains = IssuedChainReader(profile)
        do { client = try OperationClient(rules, profile, settings, services) } catch {
            throw ConnectorError(.configuration, "the settings do not fit the login of \(profile.file): \(error)")
        }
    }

    func check() async throws -> AccountReport {
        let outcome = try await run("check", context())
        let facts = (outcome["facts"].object ?? [:]).sorted { $0.key < $1.key }
        return AccountReport(
            account: outcome.sentence("name") ?? "",
            facts: facts.compactMap { name, value in value.identifier.map { (name, $0) } },
            warnings: (outcome["warnings"].array ?? []).compactMap(\.string) + client.login.warnings,
            issuers: try issuers(outcome["issuers"]))
    }

    private func issuers(_ value: JSONValue) throws -> [Certificate] {
        do {
            return try IssuedChainReader.certificates(value)
        } catch {
            throw CAExchange.notUnderstood("a certificate of the CA cannot be read: \(error)", isCreating: false)
        }
    }

    func context(
        _ request: CertificateRequest? = nil, order: CAOrder? = nil, gate: SubmissionGate? = nil
    ) -> OperationContext {
        var context = OperationContext(settings: .object(settings.values))
        context.gate = gate
        context.request = request?.json ?? .null
        context.order = order
        context.extras["now"] = JSONValue(Int(client.exchange.services.clock.now().timeIntervalSince1970))
        return context
    }

    /// - Throws: `configuration`; the host asks only for what the profile claims.
    func operation(_ name: String) throws -> Operation {
        guard let operation = rules.operations[name] else {
            throw ConnectorError(.configuration, "the connector profile \(common.file) has no operation \(name)")
        }
        return operation
    }

    /// Sends an operation's request and reads the answer.
    func run(_ name: String, _ context: OperationContext, link: String? = nil) async throws -> OutcomeValues {
        let operation = try operation(name)
        let context = try await ready(operation, context)
        let answer = try await ask(operation, context, link: link)
        // What the request was made of may be out of date.
        if (400..<500).contains(answer.response.status), answer.response.status != 429 {
            await client.prepared.drop(context.prepared)
        }
        return try await read(operation, answer, context)
    }

    /// The context with what the operation needs, read from the CA where nothing fresh is kept.
    func ready(_ operation: Operation, _ context: OperationContext) async throws -> OperationContext {
        var context = context
        context.operation = operation.name
        guard !operation.needs.isEmpty else { return context }
        var values: [String: JSONValue] = [:]
        for name in operation.needs {
            guard let preparation = rules.preparations[name] else { continue }
            let input = context
            values[name] = try await client.prepared.value(of: name) { try await client.read(preparation, input) }
        }
        context.prepared = values
        return context
    }

    /// The first outcome rule that applies to an answer; the error table where none does.
    func read(
        _ operation: Operation, _ answer: OperationAnswer, _ context: OperationContext
    ) async throws -> OutcomeValues {
        try await LongEvaluation.run { try readHere(operation, answer, context) }
    }

    private func readHere(
        _ operation: Operation, _ answer: OperationAnswer, _ context: OperationContext
    ) throws -> OutcomeValues {
        let message = answer.message
        let input = context.json(with: answer)
        if message.problem == nil {
            do {
                if let found = try operation.choice?.evaluate(input) {
                    let rule = operation.outcomes[found.rule]
                    let values = OutcomeValues(rule, found.values, of: operation, answer, context)
                    try require(values["orderID"], toTellOf: context, by: rule.path(of: "orderID"))
                    try requireRead(values)
                    if rule.kind == .rejected { try requireNamed(operation, input, context) }
                    if operation.isCreating, rule.kind == .rejected, let doubt = doubt(values, message, input) {
                        throw doubt
                    }
                    return values
                }
            } catch let error as ExpressionError {
                throw UnreadAnswer.error(error, isCreating: operation.isCreating)
            }
        }
        // In an enrollment the order exists, and whether a step was taken is not known: it goes on as after a lost answer.
        throw client.errors.error(
            answer, input, isCreating: operation.isCreating,
            mayPass: context.isSearch || context.gate != nil || operation.isSubmission)
    }

    /// What the rule says to read stands there. A list that is read in the wrong place is not an empty one, and an empty one proves
    /// something.
    private func requireRead(_ values: OutcomeValues) throws {
        let (member, isThere): (String, Bool)
        switch values.kind {
        case .account: (member, isThere) = ("name", values.sentence("name") != nil)
        case .products, .addresses, .candidates: (member, isThere) = ("list", values["list"].array != nil)
        case .page: (member, isThere) = ("entries", values["entries"].array != nil)
        case .issued, .pending, .rejected, .then, .done, .revoked, .undecidable: return
        }
        guard !isThere else { return }
        throw UnreadAnswer.error(
            "\(values.rule.path(of: member)): there is no \(member == "name" ? "name" : "list") where the profile looks for it",
            isCreating: false)
    }

    /// Why a refusal does not prove that no order was made; nil when it does.
    private func doubt(_ values: OutcomeValues, _ message: MessageAnswer, _ input: JSONValue) -> ConnectorError? {
        let isNamed = message.isNamed(by: values.rule.when, input)
        guard !isNamed || !CAExchange.isProof(values.answer.response.status, .refused) else { return nil }
        return client.exchange.error(
            for: values.answer.response, isCreating: true, kind: .refused, isOwn: isNamed,
            message: values.sentence("reason") ?? message.message)
    }
}
