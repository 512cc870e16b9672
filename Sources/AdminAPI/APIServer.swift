// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import Foundation
public import Gateway
public import HTTPServing
import HTTPTransport
import Sentences

/// Everything behind the port: the API, and what is served beside it.
public struct APIServer: Sendable {
    /// Where the API begins.
    public static let base = "/api/v1"
    /// Larger bodies are refused before they are read.
    public static let maximumBodySize = 1 << 20

    /// The gateway as it is configured now.
    let gateway: @Sendable () async throws -> Gateway
    let authenticator: any Authenticator
    let router: APIRouter
    let limits = RateLimits()
    /// Does work that goes on behind answers.
    public let runner = OperationRunner()
    let events = EventHub()
    /// Lists that are fetched as files; each reads the database all the while.
    let downloads = Turnstile(8)
    /// This run of this process.
    let run = UUID().uuidString
    let sentences: SentenceBooks
    /// Nil where nothing looks whether issuing works.
    let readiness: ReadinessWatch?
    private let doors: [@Sendable (ServerRequest) async -> ServerAnswer?]

    /// - Parameters:
    ///   - doors: what is served beside the API, asked in their order: sign-in, files of the console, health; each nil for what
    ///     is not its own.
    ///   - sentences: in which languages the gateway's sentences are told.
    ///   - readiness: what knows whether issuing works.
    ///   - gateway: one look-up when nothing has changed.
    public init(
        _ gateway: @escaping @Sendable () async throws -> Gateway, _ authenticator: any Authenticator,
        doors: [@Sendable (ServerRequest) async -> ServerAnswer?] = [], sentences: SentenceBooks = .none,
        readiness: ReadinessWatch? = nil, operations: [APIOperation] = APIOperation.all
    ) {
        self.readiness = readiness
        self.gateway = gateway
        self.authenticator = authenticator
        self.doors = doors
        self.sentences = sentences
        router = APIRouter(operations)
    }

    /// Ends event streams and work behind answers.
    public func stop() async {
        await events.stop()
        await runner.stop()
    }

    /// Answers one request, whatever it is. Somebody waits for it: services that do not answer are not asked for minutes.
    public func answer(_ request: ServerRequest) async -> ServerAnswer {
        await Patience.$isShort.withValue(true) { await told(request) }
    }

    private func told(_ request: ServerRequest) async -> ServerAnswer {
        let path = request.target.prefix { $0 != "?" }
        guard path.hasPrefix(Self.base), path.dropFirst(Self.base.count).first.map({ $0 == "/" }) ?? true else {
            for door in doors { if let answer = await door(request) { return answer } }
            return Self.guarded(APIProblem.notFound("nothing is at this address").answer(for: reader(of: request)))
        }
        return Self.guarded(await answerAPI(request, path.dropFirst(Self.base.count)))
    }

    private func answerAPI(_ request: ServerRequest, _ path: Substring) async -> ServerAnswer {
        guard let segments = APIRouter.segments(of: path) else {
            return APIProblem.notFound("the address has escapes that stand for no text").answer(
                for: reader(of: request))
        }
        switch router.match(request.method, segments) {
        case .nothing:
            return APIProblem.notFound("the API has nothing at this address; /api/v1/openapi.json names all")
                .answer(for: reader(of: request))
        case .otherMethod(let allowed):
            let list = allowed.joined(separator: ", ")
            if request.method == "OPTIONS" { return .response(status: 204, headers: [("Allow", list)]) }
            return APIProblem(
                405, .methodNotAllowed, "This address does not take that method.",
                "found \(request.method.prefix(20)), expected \(list)", headers: ["Allow": list]
            ).answer(for: reader(of: request))
        case .operation(let operation, let values): return await answer(request, operation, values)
        }
    }

    private func answer(
        _ request: ServerRequest, _ operation: APIOperation, _ values: [String: String]
    ) async -> ServerAnswer {
        var headers: [(name: String, value: String)] = []
        request.notes.route = Self.base + operation.path
        do {
            let authentication = try await authentication(request, operation)
            request.notes.caller = authentication?.caller.name
            if let authentication { headers = try limits.take(authentication.key).headers }
            // Behind the limit: each refusal is put on record.
            try await requireRight(authentication?.caller, operation)
            let gateway = try await gateway()
            let reader = CallReader(operation: operation, request: request)
            var call = APICall(
                operation: operation, authentication: authentication, server: self, gateway: gateway,
                request: request, body: try reader.body(), pathValues: try reader.path(values),
                query: try reader.query())
            call.version = try await requireVersion(call)
            let answer = operation.repeats == .keyRequired ? try await performOnce(call) : try await perform(call)
            return answer.adding(headers)
        } catch {
            let problem = APIProblem(error, isLookup: operation.method.isSafe)
            if problem.status >= 500 { await log(problem, operation, error) }
            return problem.answer(for: reader(of: request)).adding(headers)
        }
    }

    func perform(_ call: APICall) async throws -> ServerAnswer {
        var answer = try await call.caller.asOrigin { try await call.operation.perform(call) }
        if case .json(let value) = answer.content {
            let reader = reader(of: call.request)
            answer.content = .json(reader.said(call.chosen(value)))
            answer.headers += reader.headers
        }
        guard call.operation.method.isSafe else { return answer.serverAnswer }
        let told = Self.compressed(answer.serverAnswer.tagged(answer.version), for: call)
        return Self.isKnown(told, to: call.request) ? told.asNotModified : told
    }

    /// Whose language an answer is told in.
    func reader(of request: ServerRequest) -> SentenceBooks.Reader {
        sentences.reader(request.header("Accept-Language"))
    }

    private func log(_ problem: APIProblem, _ operation: APIOperation, _ error: any Error) async {
        guard let logger = try? await gateway().logger else { return }
        logger.log(
            .error, "the API cannot answer \(operation.id): \(error)", fields: [("id", problem.id)])
    }
}
