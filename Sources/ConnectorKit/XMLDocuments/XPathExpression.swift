// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CXML2
internal import Expressions
internal import Synchronization

/// An XPath 1.0 expression, compiled once. Prefixes in it mean what was registered with it; those of a document mean
/// nothing.
public final class XPathExpression: Sendable, CustomStringConvertible {
    /// The expression as written.
    public let source: String
    private let namespaces: [String: String]
    /// libxml2 keeps what it looked up inside of the compiled form, so each evaluation has one for itself. These are not in
    /// use; another costs microseconds.
    private let idle: Mutex<[CompiledXPath]>
    private static let kept = 4

    public var description: String { source }

    /// Compiles an expression.
    ///
    /// - Parameters:
    ///   - source: XPath 1.0; a path is seen from the element it is asked of, one with a leading `/` from the document.
    ///   - namespaces: namespace names by prefix.
    /// - Throws: `XMLError` of kind `expression`, for whoever wrote it; unknown prefixes and functions are found here
    ///   unless they stand in a predicate.
    public init(_ source: String, namespaces: [String: String] = [:]) throws(XMLError) {
        LibXML.start
        self.source = source
        self.namespaces = namespaces
        idle = Mutex([try CompiledXPath(source)])
        _ = try result(of: XMLDocument(parsing: "<none/>".utf8).root)
    }

    /// The string value: of the first node in document order, or of the text, number or truth the expression gives;
    /// `""` for no node (XPath 1.0 §4.2).
    ///
    /// - Throws: `XMLError` of kind `expression` when it takes too long, or needs something that is not there.
    public func string(in element: XMLElement) throws(XMLError) -> String {
        try result(of: element).string
    }

    /// The string value of every node in document order; of anything else the one it has.
    public func strings(in element: XMLElement) throws(XMLError) -> [String] {
        try result(of: element).strings
    }

    /// The elements it selects, in document order; other nodes are left out.
    public func elements(in element: XMLElement) throws(XMLError) -> [XMLElement] {
        try result(of: element).elements
    }

    /// Truth: at least one node, text that is not empty, a number other than 0 (XPath 1.0 §4.3).
    public func bool(in element: XMLElement) throws(XMLError) -> Bool { try result(of: element).bool }

    /// A number; nil where it is none (XPath's NaN) or infinite.
    public func number(in element: XMLElement) throws(XMLError) -> Double? {
        let number = try result(of: element).number
        return number.isFinite ? number : nil
    }

    /// What it gives, by its kind.
    public func value(in element: XMLElement) throws(XMLError) -> XPathValue { try result(of: element).value }

    private func result(of element: XMLElement) throws(XMLError) -> XPathResult {
        let attempt = EvaluationAttempt.current
        guard attempt?.wasGivenUp != true else { throw XMLError(.expression, "it takes too many steps") }
        let spare = idle.withLock { $0.popLast() }
        let compiled = if let spare { spare } else { try CompiledXPath(source) }
        defer { idle.withLock { if $0.count < Self.kept { $0.append(compiled) } } }
        return try compiled.evaluate(element, namespaces: namespaces, source: source, attempt: attempt)
    }
}
