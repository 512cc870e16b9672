// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import HTTPTransport
import JSONDocuments

/// One request of a connector with the answer it got, as a file keeps them; `bare/http-loop.c` reads the same file.
struct Exchange: Sendable {
    let method: String
    /// Path and query.
    let target: String
    /// Header lines, `Name: value`.
    let headers: [String]
    let body: String?
    let status: Int
    let contentType: String
    let answer: String

    init(_ request: HTTPRequest, _ response: HTTPResponse) throws(HTTPTransportError) {
        let address = try HTTPAddress(request.url)
        method = request.method
        target = address.path + (address.query.map { "?\($0)" } ?? "")
        headers = request.headers.map { "\($0.name): \($0.value)" }
        body = request.body.map { String(decoding: $0, as: UTF8.self) }
        status = response.status
        contentType = response.headers["Content-Type"] ?? "application/octet-stream"
        answer = response.text
    }

    /// - Throws: `BenchmarkError` for a value that `json` has not written.
    init(json: JSONValue) throws {
        guard let method = json["method"]?.string, let target = json["target"]?.string,
            let headers = json["headers"]?.array?.compactMap(\.string), let status = json["status"]?.int,
            let contentType = json["contentType"]?.string, let answer = json["answer"]?.string
        else { throw BenchmarkError("not an exchange that 'certway-benchmark record' has written") }
        self.method = method
        self.target = target
        self.headers = headers
        body = json["body"]?.string
        self.status = status
        self.contentType = contentType
        self.answer = answer
    }

    var json: JSONValue {
        [
            "method": .string(method), "target": .string(target), "headers": JSONValue(headers),
            "body": JSONValue(body), "status": JSONValue(status), "contentType": .string(contentType),
            "answer": .string(answer),
        ]
    }

    /// What tells requests apart when they are answered again.
    var key: String { "\(method) \(target)" }

    var served: ServerAnswer {
        .response(status: status, headers: [("Content-Type", contentType)], body: Array(answer.utf8))
    }
}
