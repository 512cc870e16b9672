// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import HTTPTransport
internal import JSONDocuments

/// Makes HTTP requests from templates. Whatever values the holes get, the request stays below the endpoint.
struct RequestBuilder: Sendable {
    let endpoint: HTTPAddress
    /// The endpoint without slashes at its end.
    private let base: String

    /// - Throws: `HTTPTransportError` for an endpoint that is no address.
    init(endpoint: String) throws {
        self.endpoint = try HTTPAddress(endpoint)
        base = self.endpoint.origin + self.endpoint.path.trimmingSlashes
    }

    /// - Parameter address: where a login goes that has an address of its own.
    /// - Throws: `ExpressionError` or `RequestError`.
    func request(
        _ template: RequestTemplate, _ values: MessageValues, headers common: [(name: String, value: Template)] = [],
        timeout: Duration, address: String? = nil
    ) throws -> HTTPRequest {
        let input = values.input
        var url = try address ?? base + path(template, input)
        if let query = template.query {
            let pairs = try query.pairs(input)
            if !pairs.isEmpty { url += (url.contains("?") ? "&" : "?") + PercentEncoding.form(pairs) }
        }
        var headers: [(name: String, value: String)] = []
        for (name, value) in template.headers { headers.append((name, try Self.header(value, input))) }
        func isSet(_ name: String) -> Bool { headers.contains { $0.name.lowercased() == name.lowercased() } }
        for (name, value) in common where !isSet(name) { headers.append((name, try Self.header(value, input))) }
        var request = HTTPRequest(
            method: template.method, url: url, timeout: template.timeout ?? timeout, maximumResponseSize: 16 << 20)
        request.headers = headers
        try template.message.write(values, to: &request)
        return request
    }

    /// The address a link of the CA means, seen from where it was found.
    ///
    /// - Throws: `RequestError` when it leads away from the endpoint.
    func follow(_ link: String, from place: String) throws -> String {
        let address = try HTTPAddress(place).resolving(link)
        guard isInside(address) else {
            throw RequestError(message: "a link of the CA leads away from \(endpoint.host)")
        }
        return address.description
    }

    private func isInside(_ address: HTTPAddress) -> Bool {
        let path = endpoint.path.trimmingSlashes
        return address.origin == endpoint.origin && (address.path == path || address.path.hasPrefix(path + "/"))
    }

    private func path(_ template: RequestTemplate, _ input: JSONValue) throws -> String {
        guard let path = template.path else { return "" }
        var isEmpty = false
        let text = try path.render(input) { value in
            if value.isEmpty { isEmpty = true }
            return PercentEncoding.encode(value)
        }
        // An empty id would turn "this certificate" into "all certificates".
        if isEmpty { throw RequestError(message: "\(path.keyPath): a hole of the path is empty") }
        if let problem = RelativePath.problem(text) { throw RequestError(message: "\(path.keyPath): \(problem)") }
        return text
    }

    private static func header(_ template: Template, _ input: JSONValue) throws -> String {
        let value = try template.render(input)
        guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw RequestError(message: "\(template.keyPath): a header value has line breaks or control characters")
        }
        return value
    }
}

extension String {
    fileprivate var trimmingSlashes: String { String(reversed().drop { $0 == "/" }.reversed()) }
}
