// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSONDocuments

/// One operation of a service: where it lies and what it does.
struct Route: Sendable {
    /// What a call does; hostility has faults of its own for each.
    enum Kind: Sendable { case read, list, change }

    /// The name under which control API, counters and hostility know the operation.
    let operation: String
    let method: String
    private(set) var segments: [Substring]
    /// Says whom a call is about. Two attempts of one client for one person are told apart from two persons by it, whatever
    /// order the requests come in.
    let subject: @Sendable (Call) -> String
    let handler: @Sendable (Call) throws -> Reply
    private var isList = false

    var kind: Kind { isList ? .list : method == "GET" ? .read : .change }

    /// The same route, whose handler heeds `Call.pageTrouble`.
    var listing: Route {
        var route = self
        route.isList = true
        return route
    }

    /// The same operation of Microsoft Graph's other version; nil for one that v1.0 does not have.
    var inBeta: Route? {
        guard segments.first == "v1.0" else { return nil }
        var route = self
        route.segments[0] = "beta"
        return route
    }

    /// - Parameter subject: member names that lead to the part of a JSON body which says whom the call is about.
    init(
        _ operation: String, _ method: String, _ pattern: String, subject: [String] = [],
        handler: @escaping @Sendable (Call) throws -> Reply
    ) {
        self.init(operation, method, pattern, subject: { Self.member(subject, of: $0) }, handler: handler)
    }

    /// - Parameter subject: whom a call is about, for bodies that are not JSON.
    init(
        _ operation: String, _ method: String, _ pattern: String, subject: @escaping @Sendable (Call) -> String,
        handler: @escaping @Sendable (Call) throws -> Reply
    ) {
        self.operation = operation
        self.method = method
        segments = pattern.split(separator: "/")
        self.subject = subject
        self.handler = handler
    }

    /// The values of the pattern's `{name}` segments; nil when the path is another one.
    func match(_ path: [Substring]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, path) {
            if segment.hasPrefix("{") {
                parameters[String(segment.dropFirst().dropLast())] = String(part)
            } else if segment != part {
                return nil
            }
        }
        return parameters
    }

    private static func member(_ names: [String], of call: Call) -> String {
        var value = names.isEmpty ? nil : call.json
        for name in names { value = value?[name] }
        return value?.text ?? call.request.target
    }
}
