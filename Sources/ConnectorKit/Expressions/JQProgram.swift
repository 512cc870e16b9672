// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// One jq program of an `ExpressionLibrary`; evaluated from any task. An evaluation costs a few microseconds, and one that
/// runs long keeps the thread it was called on: see `LongEvaluation`.
public struct JQProgram: Sendable {
    let library: ExpressionLibrary
    let index: Int
    /// The program as written.
    public let source: String
    /// Where it stands in the profile.
    public let keyPath: String
    /// The members that a program reads which is nothing but a path; nil for any other.
    private let path: PlainPath?

    init(library: ExpressionLibrary, index: Int, source: String, keyPath: String) {
        self.library = library
        self.index = index
        self.source = source
        self.keyPath = keyPath
        path = PlainPath(source)
    }

    /// The first output.
    ///
    /// - Throws: `ExpressionError`; of kind `noOutput` for `empty`.
    public func evaluate(_ input: JSONValue) throws(ExpressionError) -> JSONValue {
        if let value = path?.value(in: input) { return value }
        guard let first = try library.evaluate(index, input, firstOnly: true).first else {
            throw ExpressionError(.noOutput, keyPath: keyPath, message: "the expression gave no output, one is needed")
        }
        return first
    }

    /// Every output, in order.
    public func evaluateAll(_ input: JSONValue) throws(ExpressionError) -> [JSONValue] {
        try library.evaluate(index, input, firstOnly: false)
    }

    /// Whether the first output is something else than `false` and `null`, as jq's own `if` sees it; no output is false.
    public func isTrue(_ input: JSONValue) throws(ExpressionError) -> Bool {
        var first = path?.value(in: input)
        if first == nil { first = try library.evaluate(index, input, firstOnly: true).first }
        return first.map { $0 != .null && $0 != .bool(false) } ?? false
    }
}
