// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import JSONDocuments

/// One call of Microsoft Graph, as parts that are encoded when it is sent.
public struct GraphRequest: Sendable {
    public enum Version: String, Sendable {
        case v1 = "v1.0"
        case beta
    }

    public var method: String
    public var version: Version
    /// Unencoded segments, such as `["users", "o'hara@sandbox.example"]`.
    public var path: [String]
    /// Unencoded values; option names carry their `$`.
    public var query: [(name: String, value: String)]
    public var body: JSONValue?
    /// Sends `ConsistencyLevel: eventual`, which advanced queries need on every page.
    public var isAdvancedQuery: Bool
    /// False for a POST that makes something: it is never repeated blindly.
    public var isIdempotent: Bool
    /// True when the body is secret as a whole; a trace then leaves it out.
    public var isConfidential = false
    /// A nextLink or deltaLink, used as it is instead of path and query.
    var link: String?

    public init(
        _ method: String, _ path: [String], version: Version = .v1, query: [(name: String, value: String)] = [],
        body: JSONValue? = nil, isAdvancedQuery: Bool = false, isIdempotent: Bool? = nil
    ) {
        self.method = method
        self.version = version
        self.path = path
        self.query = query
        self.body = body
        self.isAdvancedQuery = isAdvancedQuery
        self.isIdempotent = isIdempotent ?? (method != "POST")
    }

    /// Follows a link that Graph gave.
    public init(link: String, isAdvancedQuery: Bool = false) {
        self.init("GET", [], isAdvancedQuery: isAdvancedQuery)
        self.link = link
    }

    /// A text literal for `$filter`, quotes doubled.
    public static func literal(_ text: String) -> String {
        "'\(text.replacingOccurrences(of: "'", with: "''", options: .literal))'"
    }

    func url(base: String) -> String {
        if let link { return link }
        let path = path.map(PercentEncoding.encode).joined(separator: "/")
        // Option names keep their `$`, which form encoding would escape.
        let query = query.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        return "\(base)/\(version.rawValue)/\(path)" + (query.isEmpty ? "" : "?" + query)
    }

    /// Method and path for messages, without the query, which may name people or carry tokens.
    var name: String {
        let path = link.map { String($0.prefix { $0 != "?" }) } ?? "/" + path.joined(separator: "/")
        return "\(method) \(singleLine(path))"
    }
}
