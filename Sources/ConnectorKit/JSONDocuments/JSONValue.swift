// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One JSON value (RFC 8259), the form in which documents travel between parser, jq and the rest of the program.
///
/// Numbers are doubles because libjq 1.6 keeps them so. A number in a JSON text that a double does not keep is text here,
/// digit by digit as it was written, and goes through jq as such: an id is never changed.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue {
    /// The member of an object; nil for another kind of value or a missing member.
    public subscript(_ key: String) -> JSONValue? {
        get { if case .object(let members) = self { members[key] } else { nil } }
        set {
            guard case .object(var members) = self else { return }
            members[key] = newValue
            self = .object(members)
        }
    }

    /// The element of an array; nil for another kind of value or past the end.
    public subscript(_ index: Int) -> JSONValue? {
        if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
    }

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    public var number: Double? { if case .number(let number) = self { number } else { nil } }
    public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    public var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
    public var isNull: Bool { self == .null }

    /// 2^53: from here on a double skips whole numbers.
    package static let exactBound = 9_007_199_254_740_992.0

    /// The number if it is whole and surely the one that was meant, which means below 2^53.
    public var int: Int? { number.flatMap { abs($0) < Self.exactBound ? Int(exactly: $0) : nil } }

    /// Text of a string, or of a whole number: CAs send ids as either.
    public var identifier: String? { string ?? int.map(String.init) }

    /// The word a diagnostic uses for this kind of value.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "a mapping"
        }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self.init(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }

    /// From 2^53 on the digits as text.
    public init(_ value: Int) {
        self = Double(value.magnitude) < Self.exactBound ? .number(Double(value)) : .string(String(value))
    }
    public init(_ value: Bool) { self = .bool(value) }
    public init(_ value: String?) { self = value.map(JSONValue.string) ?? .null }
    public init(_ values: [String]) { self = .array(values.map(JSONValue.string)) }
}
