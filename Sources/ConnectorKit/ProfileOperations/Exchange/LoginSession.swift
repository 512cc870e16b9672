// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import Foundation
internal import HTTPTransport
internal import JSONDocuments
internal import Secrets

/// Puts the proof of who we are on requests and keeps a token as long as it lives.
actor LoginSession {
    /// What one request carries.
    struct Credentials: Sendable {
        var headers: [(name: String, value: Secret)]
        /// The token among them, to name the one that was refused.
        var token: Secret?
    }

    /// Sends the login call itself; rate limits and errors are the caller's.
    typealias Call = @Sendable (HTTPRequest) async throws -> HTTPResponse

    /// Headers and parts of the address that do not change.
    nonisolated let fixedHeaders: [(name: String, value: Secret)]
    nonisolated let fixedQuery: [(name: String, value: Secret)]
    /// All of it, as it stands in an address.
    private nonisolated let wholeQuery: Secret
    nonisolated let tls: TLSOptions?
    /// What the operator should know about the credentials, as of the start.
    nonisolated var warnings: [String] {
        credential.map { $0.certificate.endWarnings(credentialTitle, at: clock.now()) } ?? []
    }
    nonisolated let hasToken: Bool

    private let credential: ClientCredential?
    private let credentialTitle: String
    private let template: LoginTemplate
    private let builder: RequestBuilder
    private let settings: ConnectorSettings
    private let clock: any ConnectorClock
    private var token: (value: Secret, until: Date)?
    private var login: Task<Secret, any Error>?

    /// - Throws: `ExpressionError` when a header cannot be made of the settings; `PKIXError` for a client certificate that
    ///   cannot be read.
    init(
        _ templates: [LoginTemplate], _ profile: ConnectorProfile, settings: ConnectorSettings, builder: RequestBuilder,
        clock: any ConnectorClock
    ) throws {
        self.builder = builder
        self.clock = clock
        self.settings = settings
        let input: JSONValue = ["settings": Self.revealed(settings)]
        guard let template = try templates.first(where: { try $0.when?.isTrue(input) ?? true }) else {
            throw RequestError(message: "none of the logins is for these settings")
        }
        self.template = template
        var headers = try template.headers.map { ($0.name, Secret(try $0.value.render(input))) }
        if let (user, password) = template.basic {
            let pair = Data("\(try user.render(input)):\(try password.render(input))".utf8)
            headers.append(("Authorization", Secret("Basic \(pair.base64EncodedString())")))
        }
        fixedHeaders = headers
        fixedQuery = try template.query.map { ($0.name, Secret(try $0.value.render(input))) }
        wholeQuery = Secret(PercentEncoding.form(fixedQuery.map { ($0.name, $0.value.revealed) }))
        let certificate = template.clientCertificate
        let title = profile.settings.first { $0.key == certificate?.credential }?.title
        credentialTitle = title?.lowercased() ?? "client certificate"
        // Left out by the administrator, where the profile lets it be.
        credential = try certificate.flatMap { names in
            try settings.secrets[names.credential].map { secret in
                try ClientCredential(secret, password: names.password.flatMap { settings.secrets[$0] })
            }
        }
        tls = try credential?.tlsOptions()
        hasToken = template.token != nil
    }

    /// What a request is made of.
    nonisolated func values(_ input: JSONValue) -> MessageValues {
        MessageValues(input: input, settings: Self.revealed(self.settings), now: clock.now())
    }

    /// Settings and secrets as programs of logins and messages see them: made for each message, and not kept.
    private static func revealed(_ settings: ConnectorSettings) -> JSONValue {
        .object(settings.values.merging(settings.secrets.mapValues { .string($0.revealed) }) { _, secret in secret })
    }

    /// Adds the login's part of the address, unless a link of the CA has it already.
    nonisolated func addQuery(to request: inout HTTPRequest) {
        guard !fixedQuery.isEmpty else { return }
        guard let mark = request.url.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            request.url += "?" + wholeQuery.revealed
            return
        }
        let known = request.url.utf8[mark...].dropFirst().split(separator: UInt8(ascii: "&")).map {
            $0.prefix { $0 != UInt8(ascii: "=") }
        }
        for (name, value) in fixedQuery where !known.contains(where: { $0.elementsEqual(name.utf8) }) {
            request.url += "&" + PercentEncoding.form([(name, value.revealed)])
        }
    }

    /// The headers for one request; logs in when there is no token or it is about to end.
    ///
    /// - Parameter refused: the token the CA did not accept a moment ago.
    func credentials(refused: Secret? = nil, call: @escaping Call) async throws -> Credentials {
        guard let description = template.token else { return Credentials(headers: fixedHeaders, token: nil) }
        if let refused, token?.value === refused { token = nil }
        let value: Secret
        if let token, clock.now() < token.until {
            value = token.value
        } else {
            value = try await logIn(description, call)
        }
        let header = try (description.value?.render(["token": .string(value.revealed)])).map(Secret.init) ?? value
        return Credentials(headers: fixedHeaders + [(description.header, header)], token: value)
    }

    /// One login for all who ask meanwhile; it is nobody's child, so that one caller who is cancelled harms no other.
    private func logIn(_ description: LoginTemplate.Token, _ call: @escaping Call) async throws -> Secret {
        if let login { return try await login.value }
        let task = Task {
            try await Departure.$current.withValue(nil) { try await fetch(description, call) }
        }
        login = task
        defer { login = nil }
        return try await task.value
    }

    private func fetch(_ description: LoginTemplate.Token, _ call: Call) async throws -> Secret {
        let address = description.request.addressSetting.flatMap { settings.values[$0]?.string }
        var request = try builder.request(
            description.request, values(["settings": Self.revealed(settings)]), timeout: .seconds(30), address: address)
        request.headers += fixedHeaders.map { ($0.name, $0.value.revealed) }
        addQuery(to: &request)
        request.tls = tls
        request.isConfidential = true
        let asked = clock.now()
        let answer = try await call(request)
        guard answer.isSuccess else {
            throw LoginRefusal(answer: answer, message: description.request.message.read(answer))
        }
        let (token, told) = try await LongEvaluation.run {
            let output = JSONValue.object(
                OperationContext.members(of: answer, description.request.message.read(answer)))
            return (try description.token?.evaluate(output), try description.expiresIn?.evaluate(output))
        }
        guard let text = token?.string, !text.isEmpty else {
            throw ConnectorError(
                .configuration, "the login answer carries no token where the profile looks for it, login.token.token")
        }
        let lifetime =
            Duration(tokenLifetime: told?.number ?? told?.string.flatMap(Double.init)) ?? description.lifetime
        let seconds = lifetime / .seconds(1)
        let value = Secret(text)
        // Renewed a little early, so that no request leaves with a token that ends on its way.
        self.token = (value, asked.addingTimeInterval(seconds - min(60, seconds / 10)))
        return value
    }
}

/// The CA did not let us in.
struct LoginRefusal: Error {
    let answer: HTTPResponse
    /// What the format made of the answer.
    let message: MessageAnswer
}
