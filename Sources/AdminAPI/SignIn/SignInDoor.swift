// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Gateway
public import HTTPServing
import JSONDocuments
public import Sentences
import Settings
import SignIn

/// What lies under `/auth`: signing in and out. Addresses for browsers; everything else is the API's.
public struct SignInDoor: Sendable {
    let desk: SignInDesk
    private let sentences: SentenceBooks

    /// - Parameter sentences: in which languages its pages are told.
    public init(_ desk: SignInDesk, _ sentences: SentenceBooks = .none) {
        (self.desk, self.sentences) = (desk, sentences)
    }

    /// - Returns: nil for addresses that are not the sign-in's.
    public func answer(_ request: ServerRequest) async -> ServerAnswer? {
        guard request.path.hasPrefix("/auth/") else { return nil }
        request.notes.route = Self.methods[request.path] == nil ? "/auth/" : request.path
        let answer: ServerAnswer
        let reader = sentences.reader(ofPage: request)
        do {
            let gateway = try await desk.gateway()
            if let handler = Self.route(request) {
                answer = try await handler(self, request, gateway)
            } else {
                answer = Self.nothing(request, reader)
            }
        } catch let stop as SignInStop {
            answer = stop.page.answer(for: reader).setting(stop.cookies)
        } catch let problem as APIProblem {
            answer = Self.show(problem, to: request, reader)
        } catch {
            let problem = APIProblem(error, isLookup: true)
            try? await desk.gateway().logger.log(
                .error, "sign-in failed: \(error)", fields: [("id", problem.id), ("path", request.path)])
            answer = Self.show(problem, to: request, reader)
        }
        return Self.guarded(answer, mayBeFramed: request.path == "/auth/frontchannel")
    }

    private typealias Handler = @Sendable (SignInDoor, ServerRequest, Gateway) async throws -> ServerAnswer

    private static func route(_ request: ServerRequest) -> Handler? {
        switch (request.method, request.path) {
        case ("GET", "/auth/start"): { try await $0.start($1, $2) }
        case ("GET", "/auth/callback"): { try await $0.callback($1, $2) }
        case ("POST", "/auth/token"): { try await $0.token($1, $2) }
        case ("POST", "/auth/logout"): { try await $0.logout($1, $2) }
        case ("GET", "/auth/frontchannel"): { try await $0.frontChannel($1, $2) }
        default: nil
        }
    }

    private static let methods = [
        "/auth/start": "GET", "/auth/callback": "GET", "/auth/frontchannel": "GET", "/auth/token": "POST",
        "/auth/logout": "POST",
    ]

    private static func nothing(_ request: ServerRequest, _ reader: SentenceBooks.Reader) -> ServerAnswer {
        guard let allowed = methods[request.path] else {
            return show(.notFound("nothing is at this address"), to: request, reader)
        }
        return show(
            APIProblem(
                405, .methodNotAllowed, "This address does not take that method.", "expected \(allowed)",
                headers: ["Allow": allowed]), to: request, reader)
    }

    /// A problem as whoever asks reads it: a program as JSON, a browser as a page.
    private static func show(
        _ problem: APIProblem, to request: ServerRequest, _ reader: SentenceBooks.Reader
    ) -> ServerAnswer {
        guard !wantsJSON(request) else { return problem.answer(for: reader) }
        var headers = problem.headers.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        if let wait = problem.retryAfter { headers.append(("Retry-After", "\(wait)")) }
        let sentences = [problem.detail, problem.nextStep ?? "", "Number for support: \(problem.id)"].filter {
            !$0.isEmpty
        }
        return SignInPage(status: problem.status, title: problem.title, sentences: sentences).answer(for: reader)
            .adding(headers)
    }

    static func wantsJSON(_ request: ServerRequest) -> Bool {
        request.header("Accept")?.contains("application/json") == true
    }

    /// Only the end of a session, which the tenant's page asks for in a frame, may be framed; there is nothing to click on it.
    private static func guarded(_ answer: ServerAnswer, mayBeFramed: Bool) -> ServerAnswer {
        answer.adding([
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", mayBeFramed ? "cross-origin" : "same-origin"),
            (
                "Content-Security-Policy",
                mayBeFramed ? "default-src 'none'" : "default-src 'none'; frame-ancestors 'none'"
            ),
        ])
    }
}

/// Ends a sign-in with a page.
struct SignInStop: Error {
    let page: SignInPage
    /// What the browser forgets by it.
    let cookies: [(name: String, value: String)]

    init(_ status: Int, _ title: String, _ sentences: [String], cookies: [(name: String, value: String)] = []) {
        page = SignInPage(status: status, title: title, sentences: sentences)
        self.cookies = cookies
    }
}
