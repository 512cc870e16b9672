// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A line of output: what the program says stands as written, what is put into it is text from outside and is cleaned.
public struct OutputText: ExpressibleByStringInterpolation, Sendable {
    /// The pieces of a line while it is put together.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ literal: String) { text += literal }

        public mutating func appendInterpolation(_ value: some Any) {
            text += VisibleText.line(String(describing: value))
        }
    }

    let text: String

    public init(stringLiteral value: String) { text = value }
    public init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }
    private init(text: String) { self.text = text }

    /// A line that does not fit one line of source.
    public static func + (left: OutputText, right: OutputText) -> OutputText {
        OutputText(text: left.text + right.text)
    }
}
