// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments

/// What the jq programs of a profile see, one step of an operation after the other.
struct RESTContext: Sendable {
    /// Settings without secrets.
    var settings: JSONValue
    var operation = ""
    var request: JSONValue = .null
    var order: CAOrder?
    /// Members that only some operations have: revocation, note, cursor.
    var extras: [String: JSONValue] = [:]

    init(settings: JSONValue) { self.settings = settings }

    /// The input of programs that make a request.
    var json: JSONValue {
        var members = extras
        members["settings"] = settings
        members["operation"] = .string(operation)
        members["request"] = request
        members["order"] = order.map(Self.json) ?? .null
        return .object(members)
    }

    static func json(_ order: CAOrder) -> JSONValue {
        [
            "caRequestID": .string(order.caRequestID),
            "identifiers": .object(order.identifiers.mapValues(JSONValue.string)),
        ]
    }

    /// The input of programs that read an answer.
    func json(with answer: HTTPResponse) -> JSONValue {
        guard case .object(var members) = json else { return .null }
        members.merge(Self.members(of: answer)) { _, new in new }
        return .object(members)
    }

    /// An answer as `.status`, `.headers` (names in small letters), `.json` and `.body` (the text of an answer that is
    /// not JSON, because both would double the work for long lists).
    static func members(of answer: HTTPResponse) -> [String: JSONValue] {
        var headers: [String: JSONValue] = [:]
        for (name, value) in answer.headers.lines {
            let name = name.lowercased()
            headers[name] = .string(headers[name]?.string.map { "\($0), \(value)" } ?? value)
        }
        let json = document(answer.body)
        return [
            "status": JSONValue(answer.status), "headers": .object(headers), "json": json ?? .null,
            "body": json == nil ? .string(answer.text) : .null,
        ]
    }

    /// The body as JSON, whatever its declared type: some CAs declare text, and proxies send HTML as JSON.
    private static func document(_ body: [UInt8]) -> JSONValue? {
        guard let first = body.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        else { return nil }
        return try? JSONValue(parsing: body)
    }
}

extension CertificateRequest {
    /// The request as `.request`.
    var json: JSONValue {
        [
            "reference": .string(reference), "product": .string(product), "names": names.json,
            "csr": ["pem": .string(csr.pem), "der": .string(Data(csr.der).base64EncodedString())],
            "validityDays": validityDays.map { JSONValue($0) } ?? .null, "purpose": .string(purpose.rawValue),
            "options": options,
        ]
    }
}
