// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import HTTPTransport
internal import JSONDocuments

/// What the jq programs of a profile see, one step of an operation after the other.
struct OperationContext: Sendable {
    /// Settings without secrets.
    var settings: JSONValue
    var operation = ""
    var request: JSONValue = .null
    var order: CAOrder?
    /// What the CA has told of the order before its id.
    var identifiers: [String: String] = [:]
    /// Opened before a request leaves that may make an order.
    var gate: SubmissionGate?
    /// Nothing is sent but what reads: no step of an order is taken.
    var readsOnly = false
    /// An order is searched for, and an answer that cannot be read must not look like one that tells something.
    var isSearch = false
    /// What the operation needs, as it was read from the CA.
    var prepared: [String: JSONValue] = [:]
    /// Further members: now, and those that only some operations have: revocation, note, cursor.
    var extras: [String: JSONValue] = [:]

    init(settings: JSONValue) { self.settings = settings }

    /// The input of programs that make a request.
    var json: JSONValue {
        var members = extras
        members["settings"] = settings
        members["operation"] = .string(operation)
        members["request"] = request
        members["order"] = order?.json ?? orderWithoutID
        members["prepared"] = .object(prepared)
        return .object(members)
    }

    private var orderWithoutID: JSONValue {
        guard !identifiers.isEmpty else { return .null }
        return ["caRequestID": .null, "identifiers": .object(identifiers.mapValues(JSONValue.string))]
    }

    /// The input of programs that read an answer.
    func json(with answer: OperationAnswer) -> JSONValue {
        guard case .object(var members) = json else { return .null }
        members.merge(Self.members(of: answer.response, answer.message)) { _, new in new }
        return .object(members)
    }

    /// An answer as `.status`, `.headers` (names in small letters) and what the format makes of its body.
    static func members(of answer: HTTPResponse, _ message: MessageAnswer) -> [String: JSONValue] {
        var headers: [String: JSONValue] = [:]
        for (name, value) in answer.headers.lines {
            let name = name.lowercased()
            headers[name] = .string(headers[name]?.string.map { "\($0), \(value)" } ?? value)
        }
        var members = message.members
        members["status"] = JSONValue(answer.status)
        members["headers"] = .object(headers)
        return members
    }
}
