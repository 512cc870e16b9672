// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions
import HTTPTransport
import JSONDocuments
import ProfileOperations
import XMLDocuments

/// One request with a JSON body, a form or none, and the JSON that comes back.
struct JSONMessage: MessageTemplate {
    enum Body: Sendable {
        case json(JQProgram)
        case form(JQProgram)
    }

    let body: Body?
    /// What JSON is wrapped in; nil for JSON as it is.
    var authentication: BodyAuthentication?

    var hasBody: Bool { body != nil }

    func write(_ values: MessageValues, to request: inout HTTPRequest) throws {
        switch body {
        case .json(let program):
            let body = try program.evaluate(values.input).withoutNulls
            do { request.body = Array(try body.textWithMarkedNumbers.utf8) } catch {
                throw RequestError(message: "\(program.keyPath): \(error.message)")
            }
            if let authentication { request.body = try authentication.wrap(request.body ?? [], values.settings) }
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
            isOwn: json != nil, isSuccess: answer.isSuccess, message: answer.isSuccess ? nil : Self.words(json, answer))
    }

    /// What a refusal says in words, where the profile does not know better: the texts of JSON, or what a browser would show
    /// of a page.
    private static func words(_ json: JSONValue?, _ answer: HTTPResponse) -> String? {
        if let json {
            let texts = texts(json).prefix(5)
            return texts.isEmpty ? nil : texts.joined(separator: "; ")
        }
        guard answer.body.first(where: { $0 > 0x20 }) == UInt8(ascii: "<") else { return nil }
        return (try? HTMLDocument(parsing: Array(answer.body.prefix(65_536))))?.text
    }

    /// The names under which errors carry their text (RFC 9457 §3.1, RFC 6749 §5.2, and those of CAs), best first.
    private static let names = [
        "detail", "message", "error_description", "description", "reason", "title", "error", "errors",
    ]

    private static func texts(_ value: JSONValue) -> [String] {
        switch value {
        case .string(let text): return [text]
        case .array(let elements): return elements.flatMap(texts)
        case .object(let members):
            let named = names.compactMap { members[$0] }
            return (named.isEmpty ? members.sorted { $0.key < $1.key }.map(\.value) : named).flatMap(texts)
        default: return []
        }
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
        case .object(let members):
            .object(
                members.filter { !$0.value.isNull && $0.value.markedNumber?.isNull != true }.mapValues(\.withoutNulls))
        case .array(let elements): .array(elements.map(\.withoutNulls))
        default: self
        }
    }
}
