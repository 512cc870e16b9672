// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import Foundation
internal import HTTPTransport
internal import JSONDocuments
internal import Secrets

/// Sends the requests of one backend CA: within its limits, with its login, with errors that say who must act.
struct OperationClient: Sendable {
    let profile: OperationProfile
    let builder: RequestBuilder
    let errors: ErrorTable
    let login: LoginSession
    let prepared: PreparedValues
    let keys = CertifiedKeys()
    let unanswered = UnansweredSteps()
    let exchange: CAExchange

    init(
        _ profile: OperationProfile, _ common: ConnectorProfile, _ settings: ConnectorSettings,
        _ services: ConnectorServices
    )
        throws
    {
        self.profile = profile
        let clock = services.clock
        prepared = PreparedValues { clock.now() }
        builder = try RequestBuilder(endpoint: settings.endpoint)
        login = try LoginSession(profile.logins, common, settings: settings, builder: builder, clock: services.clock)
        exchange = CAExchange(
            common, services: services,
            secrets: Array(settings.secrets.values) + (login.fixedHeaders + login.fixedQuery).map(\.value))
        errors = ErrorTable(rules: profile.errors, file: common.file, exchange: exchange)
    }

    /// Sends an operation's request.
    ///
    /// - Parameter link: the address to use in place of the operation's own, as `RequestBuilder.follow` gave it.
    func send(_ operation: Operation, _ context: OperationContext, link: String? = nil) async throws -> HTTPResponse {
        let request = try await LongEvaluation.run { try self.request(operation, context, link: link) }
        guard operation.isCreating else { return try await send(request, gate: nil) }
        guard let gate = context.gate else {
            throw ConnectorError(
                .configuration, "operation \(operation.name) makes orders and is not to be used for anything else")
        }
        return try await send(request, gate: gate)
    }

    /// Makes an operation's request; nothing is sent.
    func request(_ operation: Operation, _ context: OperationContext, link: String? = nil) throws -> HTTPRequest {
        do {
            var request = try builder.request(
                operation.request, login.values(context.json), headers: profile.headers, timeout: profile.timeout)
            if let link { request.url = link }
            request.tls = login.tls
            return request
        } catch {
            let failure = error as? ExpressionError
            // What the profile itself finds wrong, such as a validity that the CA does not have.
            for kind in [ConnectorError.Kind.configuration, .refused] {
                guard let reason = failure?.raised?[kind.rawValue]?.string else { continue }
                throw ConnectorError(kind, SafeText.sentence(exchange.mask.masking(reason)))
            }
            // Whatever it is about, nothing was sent, and the request can be made once profile, template or directory are
            // mended: nobody's order ends for it.
            throw ConnectorError(.configuration, "the request cannot be made: \(error)", detail: failure?.detail)
        }
    }

    /// Reads what operations need beforehand. Whatever fails, nothing was ordered, and it is not the requester's fault.
    func read(_ preparation: Preparation, _ context: OperationContext) async throws -> PreparedValues.Reading {
        let answer: OperationAnswer
        do {
            var request = try await LongEvaluation.run {
                try builder.request(
                    preparation.request, login.values(context.json), headers: profile.headers, timeout: profile.timeout)
            }
            request.tls = login.tls
            answer = OperationAnswer(try await send(request, gate: nil), by: preparation.request.message)
        } catch let error as ExpressionError {
            throw ConnectorError(
                .configuration, "\(preparation.name) cannot be asked for: \(error)", detail: error.detail)
        } catch let error as RequestError {
            throw ConnectorError(.configuration, "\(preparation.name) cannot be asked for: \(error)")
        }
        let input = context.json(with: answer)
        guard answer.message.isSuccess else {
            var error = errors.error(answer, input, isCreating: false)
            if error.kind == .refused { error.kind = .configuration }
            throw error
        }
        do {
            let value = try await LongEvaluation.run { try preparation.value?.evaluate(input) ?? .null }
            guard !value.isNull else {
                throw UnreadAnswer.error(
                    "prepare.\(preparation.name).value: there is no \(preparation.name) in it", isCreating: false)
            }
            return (value, exchange.services.clock.now().addingTimeInterval(preparation.lifetime / .seconds(1)))
        } catch let error as ExpressionError {
            throw UnreadAnswer.error(error, isCreating: false)
        }
    }

    private func send(_ request: HTTPRequest, gate: SubmissionGate?) async throws -> HTTPResponse {
        let credentials = try await credentials(refused: nil)
        let answer = try await send(request, credentials, gate: gate)
        // A token that ended early. What only reads is asked once more; an order is not: who answers 401 need not be the CA.
        guard answer.status == 401, let token = credentials.token else { return answer }
        let fresh = try await self.credentials(refused: token)
        return gate == nil ? try await send(request, fresh, gate: nil) : answer
    }

    private func send(
        _ request: HTTPRequest, _ credentials: LoginSession.Credentials, gate: SubmissionGate?
    ) async throws -> HTTPResponse {
        var request = request
        for (name, value) in credentials.headers { request.headers.append((name, value.revealed)) }
        login.addQuery(to: &request)
        if let token = credentials.token { request.secrets.append(token) }
        return try await exchange.send(request, gate: gate)
    }

    private func credentials(refused: Secret?) async throws -> LoginSession.Credentials {
        guard login.hasToken else { return LoginSession.Credentials(headers: login.fixedHeaders, token: nil) }
        do {
            return try await login.credentials(refused: refused) { try await exchange.send($0) }
        } catch let refusal as LoginRefusal {
            throw errors.error(login: refusal)
        } catch let error as ExpressionError {
            throw ConnectorError(.configuration, "the login cannot be made: \(error)")
        } catch let error as RequestError {
            throw ConnectorError(.configuration, "the login cannot be made: \(error)")
        }
    }
}
