// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// The document of the API (OpenAPI 3.1), made from the table that routes.
struct OpenAPIDocument {
    let operations: [APIOperation]

    var json: JSONValue {
        var paths: [String: JSONValue] = [:]
        for operation in operations {
            var item = paths[operation.path]?.object ?? [:]
            item[operation.method.rawValue.lowercased()] = .object(Self.json(operation))
            paths[operation.path] = .object(item)
        }
        var schemas = APISchema.union(operations.flatMap { [$0.body, $0.answer.schema].compactMap(\.self) })
        schemas.merge(APIProblem.schema.components) { first, _ in first }
        let tags = operations.map(\.tag).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Certway", "version": "1",
                "description": """
                The API of a Certway gateway. Errors are problem documents (RFC 9457) that say who must act and how. Lists are \
                paged by `next` and `after`. What is paid or final needs an Idempotency-Key.
                """,
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": .string(APIServer.base)]],
            "tags": .array(tags.map { ["name": .string($0)] }),
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas.mapValues(Self.definition)),
                "securitySchemes": [
                    "session": [
                        "type": "apiKey", "in": "cookie", "name": "__Host-certway",
                        "description": "Changes also need the header X-CSRF-Token, as GET /session says.",
                    ],
                    "token": ["type": "http", "scheme": "bearer"],
                ],
                "responses": [
                    "problem": [
                        "description": "Why it is not done, and who must act.",
                        "content": ["application/problem+json": ["schema": APIProblem.schema.json]],
                    ]
                ],
            ],
        ]
    }

    /// What a name stands for.
    private static func definition(_ schema: APISchema) -> JSONValue {
        if case .named(_, let inner) = schema { inner.json } else { schema.json }
    }

    private static func json(_ operation: APIOperation) -> [String: JSONValue] {
        var value: [String: JSONValue] = [
            "operationId": .string(operation.id), "tags": [.string(operation.tag)],
            "summary": .string(operation.summary),
        ]
        let parameters = operation.parameters.map(json) + headers(operation)
        if !parameters.isEmpty { value["parameters"] = .array(parameters) }
        if let body = operation.body {
            value["requestBody"] = ["required": true, "content": [operation.bodyType: ["schema": body.json]]]
        }
        value["security"] = operation.isPublic ? [] : [["session": []], ["token": []]]
        if let permission = operation.permission { value["x-permission"] = .string(permission.rawValue) }
        value["responses"] = .object(responses(operation))
        return value
    }

    private static func json(_ parameter: APIParameter) -> JSONValue {
        var schema = parameter.schema.json
        // HTTPServing refuses it in every address (nullInAddress).
        if case .text = parameter.schema, let plain = schema.object {
            schema = .object(plain.merging(["pattern": "^[^\\u0000]*$"]) { $1 })
        }
        if parameter.repeats { schema = ["type": "array", "items": schema] }
        return [
            "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
            "required": .bool(parameter.place == .path), "description": .string(parameter.help), "schema": schema,
        ]
    }

    private static func headers(_ operation: APIOperation) -> [JSONValue] {
        var headers: [JSONValue] = []
        if operation.repeats == .keyRequired {
            headers.append([
                "name": "Idempotency-Key", "in": "header", "required": false,
                "description": .string(
                    "names this wish: repeated with the same, it is done once and answered alike; needed, but for a dry run"
                ),
                "schema": ["type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[A-Za-z0-9._-]+$"],
            ])
        }
        if operation.version != nil, !operation.method.isSafe {
            headers.append([
                "name": "If-Match", "in": "header", "required": true,
                "description": "the ETag of what the caller has seen", "schema": ["type": "string", "minLength": 1],
            ])
        }
        return headers
    }

    private static func responses(_ operation: APIOperation) -> [String: JSONValue] {
        var responses: [String: JSONValue] = [:]
        var success: [String: JSONValue] = ["description": "Done."]
        switch operation.answer {
        case .json, .created, .list, .operation:
            success["content"] = ["application/json": ["schema": operation.answer.schema?.json ?? [:]]]
        // What YAML holds is for its own reader to say.
        case .bytes(let type): success["content"] = [type: ["schema": type.contains("yaml") ? [:] : ["type": "string"]]]
        case .file(let types):
            success["content"] = .object(
                Dictionary(
                    uniqueKeysWithValues: types.map {
                        ($0, ["schema": $0.hasSuffix("json") ? [:] : ["type": "string"]])
                    }))
        case .events: success["content"] = ["text/event-stream": ["schema": ["type": "string"]]]
        case .nothing: break
        }
        responses["\(operation.answer.status)"] = .object(success)
        // A dry run makes nothing, and shows what would be made.
        if operation.answer.status == 201 { responses["200"] = .object(success) }
        for status in statuses(operation) {
            responses["\(status)"] = ["$ref": "#/components/responses/problem"]
        }
        return responses
    }

    /// The problems that an operation may answer with.
    private static func statuses(_ operation: APIOperation) -> [Int] {
        var statuses: Set = [400, 404, 409, 413, 414, 431, 500, 502, 503]
        if !operation.isPublic { statuses.formUnion([401, 403, 429]) }
        if operation.body != nil { statuses.formUnion([415]) }
        if !operation.method.isSafe { statuses.formUnion([422]) }
        if operation.version != nil, !operation.method.isSafe { statuses.formUnion([412, 428]) }
        return statuses.sorted()
    }
}
