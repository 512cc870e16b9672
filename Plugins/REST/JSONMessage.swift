// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions
import HTTPTransport
import JSONDocuments
import ProfileOperations

/// One request with a JSON body, a form or none, and the JSON that comes back.
struct JSONMessage: MessageTemplate {
    enum Body: Sendable {
        case json(JQProgram)
        case form(JQProgram)
    }

    let body: Body?

    var hasBody: Bool { body != nil }

    func write(_ values: MessageValues, to request: inout HTTPRequest) throws {
        switch body {
        case .json(let program):
            request.body = Array(try program.evaluate(values.input).withoutNulls.text.utf8)
            request.addHeader("Content-Type", ifAbsent: "application/json")
        case .form(let program):
            request.body = Array(PercentEncoding.form(try program.pairs(values.input)).utf8)
            request.addHeader("Content-Type", ifAbsent: "application/x-www-form-urlencoded")
        case nil: break
        }
    }

    /// The JSON, or the text of an answer that is none, because both would double the work for long lists.
    func read(_ answer: HTTPResponse) -> MessageAnswer {
        let json = Self.document(answer.body)
        return MessageAnswer(
            members: ["json": json ?? .null, "body": json == nil ? .string(answer.text) : .null],
            isSuccess: answer.isSuccess)
    }

    /// The body as JSON, whatever its declared type: some CAs declare text, and proxies send HTML as JSON.
    private static func document(_ body: [UInt8]) -> JSONValue? {
        guard let first = body.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        else { return nil }
        return try? JSONValue(parsing: body)
    }
}

extension JSONValue {
    /// The value without object members that are null, at every depth: what a request has nothing for is left out.
    fileprivate var withoutNulls: JSONValue {
        switch self {
        case .object(let members): .object(members.filter { !$0.value.isNull }.mapValues(\.withoutNulls))
        case .array(let elements): .array(elements.map(\.withoutNulls))
        default: self
        }
    }
}
