// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import HTTPTransport
import JSONDocuments

/// One request of a connector with the answer it got, as a file keeps them; `bare/http-loop.c` reads the same file. Bodies
/// are kept in base64, because some protocols send DER.
struct Exchange: Sendable {
    let method: String
    /// Path and query.
    let target: String
    /// Header lines, `Name: value`.
    let headers: [String]
    let body: [UInt8]?
    let status: Int
    /// What the answer says about itself, as far as clients read it.
    let answerHeaders: [(name: String, value: String)]
    let answer: [UInt8]

    /// The server counts and ends lines itself.
    private static let serversOwn: Set<String> = [
        "content-length", "connection", "date", "keep-alive", "transfer-encoding", "content-encoding",
    ]

    init(_ request: HTTPRequest, _ response: HTTPResponse) throws(HTTPTransportError) {
        let address = try HTTPAddress(request.url)
        method = request.method
        target = address.path + (address.query.map { "?\($0)" } ?? "")
        var headers = request.headers.map { "\($0.name): \($0.value)" }
        if case .basic(let user, let password) = request.authentication {
            let pair = Data("\(user):\(password.revealed)".utf8).base64EncodedString()
            headers.append("Authorization: Basic \(pair)")
        }
        self.headers = headers
        body = request.body
        status = response.status
        answerHeaders = response.headers.lines.filter { !Self.serversOwn.contains($0.name.lowercased()) }
        answer = response.body
    }

    /// - Throws: `BenchmarkError` for a value that `json` has not written.
    init(json: JSONValue) throws {
        guard let method = json["method"]?.string, let target = json["target"]?.string,
            let headers = json["headers"]?.array?.compactMap(\.string), let status = json["status"]?.int,
            let answerHeaders = json["answerHeaders"]?.array,
            let answer = json["answer"]?.string.flatMap({ Data(base64Encoded: $0) })
        else { throw BenchmarkError("not an exchange that 'certway-benchmark record' has written") }
        self.method = method
        self.target = target
        self.headers = headers
        body = json["body"]?.string.flatMap { Data(base64Encoded: $0) }.map(Array.init)
        self.status = status
        self.answerHeaders = answerHeaders.compactMap { pair in
            pair[0]?.string.flatMap { name in pair[1]?.string.map { (name, $0) } }
        }
        self.answer = Array(answer)
    }

    var json: JSONValue {
        [
            "method": .string(method), "target": .string(target), "headers": JSONValue(headers),
            "body": JSONValue(body.map { Data($0).base64EncodedString() }), "status": JSONValue(status),
            "answerHeaders": .array(answerHeaders.map { [.string($0.name), .string($0.value)] }),
            "answer": .string(Data(answer).base64EncodedString()),
        ]
    }

    var served: ServerAnswer { .response(status: status, headers: answerHeaders, body: answer) }
}
