// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// How an error ends a program, for people and for programs.
public struct ProgramFailure: Sendable {
    public let status: ExitStatus
    /// One word for programs, such as `configuration` or `throttled`.
    public let code: String
    public let message: String
    /// The next step, where it is not in the message.
    public var hint: String?
    /// What the message is made of, where it is of several parts.
    public var problems: [JSONValue]?
    /// What people read instead of message and hint.
    public var text: String?

    public init(
        _ status: ExitStatus, code: String, _ message: String, hint: String? = nil, problems: [JSONValue]? = nil,
        text: String? = nil
    ) {
        (self.status, self.code, self.message, self.hint) = (status, code, message, hint)
        (self.problems, self.text) = (problems, text)
    }

    init(_ error: UsageError) {
        self.init(.usage, code: "usage", error.message, hint: error.nextStep)
    }

    /// Lines for people.
    var lines: String { text ?? ([message] + (hint.map { [$0] } ?? [])).joined(separator: "\n") }

    var json: JSONValue {
        var object: [String: JSONValue] = [
            "code": .string(code), "message": .string(message), "exitStatus": JSONValue(Int(status.rawValue)),
        ]
        if let hint { object["hint"] = .string(hint) }
        if let problems { object["problems"] = .array(problems) }
        return .object(object)
    }
}
