// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
public import MicrosoftGraph

/// Runs cmdlets of Exchange Online by the endpoint that the vendor's own PowerShell module uses (wire/exchange-online.md sections 2
/// and 5). It is undocumented for others and may change without notice: nothing outside this room knows its form.
///
/// Every cmdlet used here may be repeated, so lost answers cost nothing. Ask one after another: a tenant stands few requests at a time.
public struct ExchangeAdminClient: Sendable {
    /// The application permission that a token needs here; a directory role of the service principal comes on top.
    public static let permission = GraphPermission(name: "Exchange.ManageAsApp", wider: [])
    /// Pages of one reading; at 1000 objects each this is ten million.
    private static let mostPages = 10_000

    private let base: String
    private let scope: String
    private let tenant: String
    private let tokens: TokenSource
    private let sender: RequestSender

    /// Cheap, without network.
    ///
    /// - Parameter tenant: directory id or verified domain.
    public init(endpoints: TenantEndpoints, tenant: String, tokens: TokenSource, sender: RequestSender) {
        base = endpoints.exchange
        scope = endpoints.exchangeScope
        self.tenant = tenant
        self.tokens = tokens
        self.sender = sender
    }

    /// The whole output of a cmdlet, all pages of it. Warnings of the service go to the log; `run` gives them.
    ///
    /// - Parameters:
    ///   - cmdlet: such as `Get-Mailbox`.
    ///   - parameters: an object; switches are `true`.
    ///   - properties: names of the properties wanted; all when empty.
    /// - Throws: `GraphError`: `permission` and `authentication` (operator), `notFound`, `refused`, `configuration` with the code
    ///   `ExchangeAnswer.synchronisedObject` where the object is mastered on premises, `outcomeUnknown` after a failure of the service
    ///   itself; `CancellationError`.
    @discardableResult
    public func invoke(
        _ cmdlet: String, _ parameters: [String: JSONValue], properties: [String] = []
    ) async throws -> [JSONValue] {
        let answer = try await run(cmdlet, parameters, properties: properties)
        for warning in answer.warnings {
            sender.logger.log(.notice, "Exchange warns at \(cmdlet): \(warning)", fields: [])
        }
        return answer.values
    }

    /// The same with what the service warned of, which is no error.
    public func run(
        _ cmdlet: String, _ parameters: [String: JSONValue], properties: [String] = []
    ) async throws -> ExchangeAnswer {
        let body: JSONValue = ["CmdletInput": ["CmdletName": .string(cmdlet), "Parameters": .object(parameters)]]
        let select = properties.isEmpty ? "" : "?$select=" + properties.joined(separator: ",")
        var link = "\(base)/adminapi/beta/\(PercentEncoding.encode(tenant))/InvokeCommand\(select)"
        var seen: Set<String> = [link]
        var answer = ExchangeAnswer()
        while true {
            let page = try await tokens.withToken(scope: scope) { [link] in
                try await self.page(cmdlet, link, body, $0)
            }
            guard let next = try answer.add(page, of: cmdlet) else { return answer }
            link = try own(next)
            guard seen.insert(link).inserted, seen.count <= Self.mostPages else {
                throw GraphError(.endless, "the pages of \(cmdlet) never end: nothing of this reading counts")
            }
        }
    }

    /// The permissions among `needed` that the present token does not carry; nil when that cannot be told from it.
    public func missingPermission() async throws -> Bool? {
        try await tokens.token(scope: scope).roles.map { !Self.permission.isGranted(by: $0) }
    }

    /// One page: the same body goes to each link, by POST.
    private func page(
        _ cmdlet: String, _ link: String, _ body: JSONValue, _ token: AccessToken
    ) async throws -> JSONValue {
        let message = HTTPRequest(
            method: "POST", url: link,
            headers: [
                ("Authorization", "Bearer \(token.value.revealed)"), ("Accept", "application/json"),
                ("Accept-Charset", "UTF-8"), ("Content-Type", "application/json; charset=utf-8"),
                ("X-AnchorMailbox", "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@\(tenant)"),
                ("X-CmdletName", cmdlet), ("X-ResponseFormat", "json"), ("X-SerializationLevel", "Partial"),
                ("Prefer", "odata.maxpagesize=1000"), ("client-request-id", UUID().uuidString.lowercased()),
                ("connection-id", UUID().uuidString.lowercased()),
            ], body: Array(body.text.utf8), secrets: [token.value])
        return try await sender.send(message, isIdempotent: true) { response in
            guard response.isSuccess else { throw GraphError(exchange: response, to: cmdlet) }
            guard !response.body.isEmpty else { return .object([:]) }
            do {
                return try JSONValue(parsing: response.body)
            } catch {
                throw GraphError(
                    .transient, "\(cmdlet) answered \(response.status) with a body that is \(error)",
                    status: response.status)
            }
        }
    }

    /// - Throws: `GraphError` of kind `configuration` for a link that leads elsewhere: the token is not sent there.
    private func own(_ link: String) throws(GraphError) -> String {
        if link.hasPrefix("/") { return base + link }
        guard let origin = try? HTTPAddress(link).origin, origin == (try? HTTPAddress(base).origin) else {
            throw GraphError(
                .configuration,
                "Exchange gave a link to another host than \(base): the token is not sent there (check for a proxy that rewrites "
                    + "answers)")
        }
        return link
    }
}
