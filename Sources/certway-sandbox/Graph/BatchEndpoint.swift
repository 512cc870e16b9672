// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments

/// `$batch` (wire/graph-directory.md section 7): runs its parts through the same routes.
struct BatchEndpoint: Sendable {
    let access: GraphAccess
    /// The service's own address without a path: what absolute addresses of parts begin with.
    let origin: String
    let hostility: Hostility?
    /// Runs one request inside the service; nil when there is no such operation.
    let inner: @Sendable (ServerRequest) -> Reply?

    var routes: [Route] {
        [Route("graph.batch", "POST", "/v1.0/$batch") { try run($0, GraphQuery($0)) }]
    }

    private func run(_ call: Call, _ query: GraphQuery) throws(Reply) -> Reply {
        _ = try access.roles(call)
        guard let parts = call.json?["requests"]?.array, !parts.isEmpty else {
            throw GraphError.badRequest("Invalid batch payload format.")
        }
        guard parts.count <= 20 else {
            throw GraphError.badRequest("Number of batch request steps exceeds the maximum value 20.")
        }
        let ids = parts.compactMap { $0["id"]?.string }
        guard ids.count == parts.count, Set(ids).count == ids.count else {
            throw GraphError.badRequest("Each batch request needs an id of its own.")
        }
        var statuses: [String: Int] = [:]
        var responses: [JSONValue] = []
        for (id, part) in zip(ids, parts) {
            let waitsFor = part["dependsOn"]?.array?.compactMap(\.string) ?? []
            let hasFailed = waitsFor.contains { (statuses[$0] ?? 424) >= 400 }
            let reply =
                hasFailed
                ? GraphError.reply(424, "FailedDependency", "A request this one depends on failed.")
                : try reply(to: part, call, query)
            statuses[id] = reply.status
            responses.append(Self.json(reply, id))
        }
        if let hostility {
            var generator = SeededGenerator(hostility.seed, "batch", ids.joined(separator: " "))
            responses.shuffle(using: &generator)
        }
        return .json(["responses": .array(responses)])
    }

    private func reply(to part: JSONValue, _ call: Call, _ query: GraphQuery) throws(Reply) -> Reply {
        guard let method = part["method"]?.string, let url = part["url"]?.string,
            let target = target(of: url, query)
        else {
            throw GraphError.badRequest("A batch request needs a method and a url of this service.")
        }
        let body = part["body"]
        let headers = part["headers"]?.object ?? [:]
        guard body == nil || headers.keys.contains(where: { $0.lowercased() == "content-type" }) else {
            throw GraphError.badRequest("Content-Type is required for a request with a body.")
        }
        let own = headers.compactMap { name, value in value.string.map { (name: name, value: $0) } }
        let inherited = ["Authorization", "Host"].compactMap { name in
            call.request.header(name).map { (name: name, value: $0) }
        }
        let pieces = target.split(separator: "?", maxSplits: 1)
        let items = (pieces.count > 1 ? pieces[1] : "").split(separator: "&").map { item in
            let pair = item.split(separator: "=", maxSplits: 1).map { FormFields.decode($0) }
            return (name: pair.first ?? "", value: pair.count > 1 ? pair[1] : "")
        }
        let request = ServerRequest(
            method: method.uppercased(), path: pieces[0].removingPercentEncoding ?? String(pieces[0]), target: target,
            query: items, headers: own + inherited,
            body: Array((body?.text ?? "").utf8))
        return inner(request) ?? GraphError.reply(400, "BadRequest", "Resource not found for the segment '\(url)'.")
    }

    /// Path and query of a part: relative to the batch's version, or, as Microsoft's own clients write it, the whole address.
    private func target(of url: String, _ query: GraphQuery) -> String? {
        if url.hasPrefix("/") { return query.version + url }
        let origin = query.origin(origin)
        return url.hasPrefix(origin + "/") ? String(url.dropFirst(origin.count)) : nil
    }

    private static func json(_ reply: Reply, _ id: String) -> JSONValue {
        var headers = reply.headers.map { ($0.name, JSONValue.string($0.value)) }
        let body: JSONValue
        switch reply.body {
        case .json(let value):
            // Microsoft's own clients read no body without it.
            headers.append(("Content-Type", "application/json"))
            body = value
        case .bytes(let bytes): body = .string(String(decoding: bytes, as: UTF8.self))
        case .empty: body = nil
        }
        return [
            "id": .string(id), "status": JSONValue(reply.status),
            "headers": .object(Dictionary(headers, uniquingKeysWith: { first, _ in first })), "body": body,
        ]
    }
}
