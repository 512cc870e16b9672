// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CXML2

/// Writes one XML document, UTF-8, element by element. Escaping is libxml2's; nothing is pasted together.
///
/// ```swift
/// let writer = XMLWriter(indentation: 2)
/// writer.element("testsuite", ["name": "orders"]) { $0.element("testcase", ["name": "enroll"]) }
/// let bytes = try writer.finish()
/// ```
public final class XMLWriter {
    /// What becomes of characters that XML 1.0 does not have, such as NUL.
    public enum ForbiddenCharacters: Sendable {
        /// `finish` throws; for messages that must say exactly what they should.
        case refused
        /// U+FFFD stands in their place; for reports.
        case replaced
    }

    // Both owned here alone; freed in deinit, the writer first because it writes into the buffer.
    private let buffer: xmlBufferPtr
    private let writer: xmlTextWriterPtr
    private let forbidden: ForbiddenCharacters
    private var problem: XMLError?

    /// - Parameters:
    ///   - indentation: blanks for each level; nil for no white space besides what is written.
    ///   - hasDeclaration: whether it begins with `<?xml version="1.0" encoding="UTF-8"?>`.
    public init(
        indentation: Int? = nil, hasDeclaration: Bool = true, forbidden: ForbiddenCharacters = .refused
    ) {
        LibXML.start
        // Both fail only when memory ends, where Swift stops anyway.
        buffer = xmlBufferCreate()!
        writer = xmlNewTextWriterMemory(buffer, 0)!
        self.forbidden = forbidden
        if let indentation {
            xmlTextWriterSetIndent(writer, 1)
            xmlTextWriterSetIndentString(writer, String(repeating: " ", count: indentation))
        }
        if hasDeclaration { xmlTextWriterStartDocument(writer, "1.0", "UTF-8", nil) }
    }

    deinit {
        xmlFreeTextWriter(writer)
        xmlBufferFree(buffer)
    }

    /// Writes an element.
    ///
    /// - Parameters:
    ///   - name: with prefix, if any; whoever writes declares it with `namespaces`, here or further out.
    ///   - attributes: in this order.
    ///   - namespaces: declarations, name by prefix; the empty prefix for the default namespace.
    ///   - content: writes what is inside.
    public func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:],
        namespaces: KeyValuePairs<String, String> = [:], content: (XMLWriter) throws -> Void
    ) rethrows {
        start(name)
        for (prefix, uri) in namespaces { declare(prefix, uri) }
        for (name, value) in attributes { attribute(name, value) }
        try content(self)
        end()
    }

    /// Writes an element with text, or nothing, inside.
    public func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text value: String = "") {
        element(name, attributes) { $0.text(value) }
    }

    /// Writes text where the writer stands.
    public func text(_ value: String) { if !value.isEmpty { xmlTextWriterWriteString(writer, checked(value)) } }

    /// Begins an element; `end` must follow.
    public func start(_ name: String) {
        if xmlValidateQName(name, 0) != 0 { note("\(name.prefix(40)) is not a name") }
        xmlTextWriterStartElement(writer, name)
    }

    /// Gives the element that was just begun an attribute.
    public func attribute(_ name: String, _ value: String) {
        if xmlValidateQName(name, 0) != 0 { note("\(name.prefix(40)) is not a name") }
        xmlTextWriterWriteAttribute(writer, name, checked(value))
    }

    /// Declares a namespace on the element that was just begun.
    public func declare(_ prefix: String, _ uri: String) {
        attribute(prefix.isEmpty ? "xmlns" : "xmlns:\(prefix)", uri)
    }

    public func end() { xmlTextWriterEndElement(writer) }

    /// Everything written, with all open elements closed. Call it once.
    ///
    /// - Throws: `XMLError` of kind `unwritable` for the first name or character that XML does not have.
    public func finish() throws(XMLError) -> [UInt8] {
        xmlTextWriterEndDocument(writer)
        xmlTextWriterFlush(writer)
        if let problem { throw problem }
        return Array(UnsafeBufferPointer(start: xmlBufferContent(buffer), count: Int(xmlBufferLength(buffer))))
    }

    private func checked(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { !Self.isAllowed($0) }) else { return text }
        if forbidden == .refused { note("a text has a control character that XML cannot carry") }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { Self.isAllowed($0) ? $0 : "\u{FFFD}" }))
    }

    private func note(_ message: String) { problem = problem ?? XMLError(.unwritable, message) }

    /// XML 1.0 §2.2, Char.
    static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
