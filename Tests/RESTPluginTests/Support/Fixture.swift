// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import JSONDocuments

/// A recorded pair of request and answer for one operation of one CA, from `Fixtures/<connector>/`.
struct Fixture: Sendable {
    let request: JSONValue
    let response: HTTPResponse

    init(_ connector: String, _ operation: String) throws {
        request = try JSONValue(parsing: Folder.fixture("\(connector)/\(operation)-request.json"))
        let answer = try JSONValue(parsing: Folder.fixture("\(connector)/\(operation)-response.json"))
        let text = answer["body"].map { $0.string ?? $0.text } ?? ""
        let headers = (answer["headers"]?.object ?? [:]).compactMapValues(\.string).sorted { $0.key < $1.key }
        response = HTTPResponse(
            answer["status"]?.int ?? 0, text: text, headers: headers.map { (name: $0.key, value: $0.value) })
    }

    /// What of the recorded request a sent one does not keep; empty when all fits.
    func differences(from sent: HTTPRequest, endpoint: String) -> [String] {
        var differences: [String] = []
        func compare(_ name: String, _ expected: JSONValue?, _ found: JSONValue?) {
            if expected ?? .null != found ?? .null {
                differences.append(
                    "\(name): expected \(expected?.text ?? "nothing"), found \(found?.text ?? "nothing")")
            }
        }
        let parts = sent.url.dropFirst(endpoint.count).split(separator: "?", maxSplits: 1)
        let query = parts.count < 2 ? [] : parts[1].split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
        let pairs = query.map { pair in
            (pair[0].removingPercentEncoding ?? "", JSONValue(pair.last?.removingPercentEncoding))
        }
        compare("endpoint", .bool(true), .bool(sent.url.hasPrefix(endpoint)))
        compare("method", request["method"], .string(sent.method))
        compare("path", request["path"], .string(String(parts.first ?? "")))
        compare("query", request["query"] ?? [:], .object(Dictionary(pairs, uniquingKeysWith: { $1 })))
        for (name, value) in request["headers"]?.object ?? [:] { compare(name, value, JSONValue(sent.header(name))) }
        compare("body", request["body"], sent.body.flatMap { try? JSONValue(parsing: $0) })
        return differences
    }
}

extension Substring {
    fileprivate var removingPercentEncoding: String? { String(self).removingPercentEncoding }
}
