// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Administration

/// One thing that can be asked of the API: how it is routed, who may ask, what it takes and what it answers. The same table
/// routes and is served as OpenAPI document, so that they cannot differ (decision 0046).
public struct APIOperation: Sendable {
    /// What a repeated request does.
    public enum Repeats: Sendable {
        /// Nothing more than one: it reads, or says how things shall be.
        case safe
        /// Something paid or final a second time: the caller names each wish by an Idempotency-Key.
        case keyRequired
    }

    /// Unique, such as `listOrders`.
    public let id: String
    public let method: APIMethod
    /// Below `/api/v1`, with `{names}` for what varies.
    public let path: String
    public let tag: String
    public let summary: String
    /// Nil for what everybody may who is signed in.
    public let permission: Permission?
    /// Whether nobody need be signed in.
    public let isPublic: Bool
    public let parameters: [APIParameter]
    public let body: APISchema?
    /// What type the body has where that is not JSON, such as `application/yaml`.
    public let bodyType: String
    public let answer: APIResult
    public let repeats: Repeats
    /// The version of what it changes, where the caller must have seen it: needed as `If-Match`. Nil for what has no version.
    public let version: (@Sendable (APICall) async throws -> String)?
    public let perform: @Sendable (APICall) async throws -> APIAnswer

    public init(
        _ id: String, _ method: APIMethod, _ path: String, tag: String, _ summary: String,
        permission: Permission?, isPublic: Bool = false, parameters: [APIParameter] = [], body: APISchema? = nil,
        bodyType: String = "application/json", answer: APIResult, repeats: Repeats = .safe,
        version: (@Sendable (APICall) async throws -> String)? = nil,
        perform: @escaping @Sendable (APICall) async throws -> APIAnswer
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.tag = tag
        self.summary = summary
        self.permission = permission
        self.isPublic = isPublic
        self.body = body
        self.bodyType = bodyType
        self.answer = answer
        self.repeats = repeats
        self.version = version
        self.perform = perform
        self.parameters = parameters + Self.common(method, answer)
    }

    /// What all lists and all changes take.
    private static func common(_ method: APIMethod, _ answer: APIResult) -> [APIParameter] {
        var parameters: [APIParameter] = []
        if case .list(_, let sorts) = answer {
            parameters = [
                .query("limit", "items at most", .integer(1...1000)),
                .query(
                    "after", "where the page before has ended, as its `next` says", .text(length: 1...4000)),
            ]
            if !sorts.isEmpty {
                let words = sorts.flatMap { [$0.name, "-\($0.name)"] }
                parameters.append(.query("sort", "the order; - before it for the largest first", .word(words)))
            }
        }
        switch answer {
        case .json, .list:
            if method.isSafe {
                let schema: APISchema? = if case .list(let item, _) = answer { item } else { answer.schema }
                let names = schema?.fields.map(\.name) ?? []
                if !names.isEmpty {
                    parameters.append(.query("fields", "only these members, with commas between", .words(names)))
                }
            }
        default: break
        }
        if !method.isSafe {
            parameters.append(.flag("dryRun", "check and tell what would be done, and do nothing"))
        }
        return parameters
    }
}
