// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// Text with `${ jq }` holes, such as a request path or a header. `$${` stands for `${` itself.
public struct Template: Sendable {
    package enum Part: Sendable {
        case text(String)
        case hole(JQProgram)
    }

    package let parts: [Part]
    /// The text as written.
    public let source: String
    /// Where it stands in the profile.
    public let keyPath: String

    /// Whether there is no hole, so that every rendering gives the same.
    public var isConstant: Bool { !parts.contains { if case .hole = $0 { true } else { false } } }

    /// The text with `filling` in place of every hole, to look at what stands around them.
    public func skeleton(filling: String) -> String {
        parts.map { if case .text(let text) = $0 { text } else { filling } }.joined()
    }

    /// Fills the holes.
    ///
    /// - Parameter escaping: makes a value safe for its place; the text around the holes is not escaped.
    /// - Throws: `ExpressionError`; of kind `unfit` where a hole gives null, a list or a mapping.
    public func render(
        _ input: JSONValue, escaping: (String) -> String = { $0 }
    ) throws(ExpressionError) -> String {
        var result = ""
        for part in parts {
            switch part {
            case .text(let text): result += text
            case .hole(let program): result += escaping(try Self.text(of: program, input))
            }
        }
        return result
    }

    /// What a hole gives as text.
    package static func text(of program: JQProgram, _ input: JSONValue) throws(ExpressionError) -> String {
        let value = try program.evaluate(input)
        switch value {
        case .string(let text): return text
        case .bool, .number: return value.text
        case .null, .array, .object:
            throw ExpressionError(
                .unfit, keyPath: program.keyPath,
                message:
                    "the hole ${\(JQFailure.line(program.source))} gave \(value.isNull ? "null" : value.kindName), "
                    + "text, a number or true or false is needed")
        }
    }
}
