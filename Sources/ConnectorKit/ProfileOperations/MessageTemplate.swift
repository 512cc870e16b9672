// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
internal import Expressions
public import Foundation
public import HTTPTransport
public import JSONDocuments

/// The messages of one operation: how the request is written and how the answer is read.
public protocol MessageTemplate: Sendable {
    /// Whether requests have a body, which GET does not allow.
    var hasBody: Bool { get }

    /// Puts the message into a request: its body, and headers that the profile has not set itself.
    ///
    /// - Throws: `ExpressionError` or `RequestError` where the values do not fit; nothing was sent then.
    func write(_ values: MessageValues, to request: inout HTTPRequest) throws

    /// What programs see of an answer. Whatever came in, there is some reading of it.
    func read(_ answer: HTTPResponse) -> MessageAnswer
}

/// What a message is made of.
public struct MessageValues: Sendable {
    /// The input of the profile's programs; has no secrets.
    public let input: JSONValue
    public let now: Date
    private let reveal: @Sendable () -> JSONValue

    /// - Parameter settings: revealed where a message asks for them, and not before.
    init(input: JSONValue, settings: @autoclosure @escaping @Sendable () -> JSONValue, now: Date) {
        self.input = input
        self.now = now
        reveal = settings
    }

    /// All settings, secrets among them: for parts of a message that prove who we are.
    public var settings: JSONValue { reveal() }
}

/// An answer as the programs of a profile see it.
public struct MessageAnswer: Sendable {
    /// Beside `.status` and `.headers`.
    public var members: [String: JSONValue]
    /// Why the answer is no message of the format at all; the error table alone decides then.
    public var problem: String?
    /// Whether it is a message as the CA writes them. The page of a proxy is none: whatever its status and a rule say, it does
    /// not prove that an order was not taken.
    public var isOwn: Bool
    /// Whether the CA did what it was asked, as far as the format tells.
    public var isSuccess: Bool
    /// What a refusal means where the profile has no rule for it; nil: by the HTTP status.
    public var kind: ConnectorError.Kind?
    /// The CA's own words where the profile has no rule for them.
    public var message: String?

    public init(
        members: [String: JSONValue], problem: String? = nil, isOwn: Bool, isSuccess: Bool,
        kind: ConnectorError.Kind? = nil, message: String? = nil
    ) {
        self.members = members
        self.problem = problem
        self.isOwn = isOwn && problem == nil
        self.kind = kind
        self.message = message
        self.isSuccess = isSuccess && problem == nil
    }
}

extension MessageAnswer {
    /// Whether the CA's own words are why a rule applies, as a proxy's page never has them: what applies to the status alone
    /// would apply to any answer with it.
    ///
    /// - Parameters:
    ///   - when: the rule's condition, which is true.
    ///   - input: what it saw.
    func isNamed(by when: JQProgram, _ input: JSONValue) -> Bool {
        var wordless = input
        for name in members.keys { wordless[name] = .null }
        return isOwn && (try? when.isTrue(wordless)) != true
    }
}

extension HTTPRequest {
    /// Adds a header unless the request has one of the name.
    public mutating func addHeader(_ name: String, ifAbsent value: String) {
        if !headers.contains(where: { $0.name.lowercased() == name.lowercased() }) { headers.append((name, value)) }
    }
}
