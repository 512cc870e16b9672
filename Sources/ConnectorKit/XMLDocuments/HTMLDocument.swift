// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CXML2

/// A web page, read as tolerantly as a browser does: whatever comes in gives some tree, with names in small letters and
/// without namespaces. Nothing is fetched and no script is run.
public struct HTMLDocument: Sendable {
    /// The `html` element.
    public let root: XMLElement

    /// A link of a page.
    public struct Link: Sendable, Hashable {
        /// What stands on it, white space collapsed.
        public let text: String
        /// The address as written.
        public let address: String

        public init(text: String, address: String) {
            self.text = text
            self.address = address
        }
    }

    /// Reads a page.
    ///
    /// - Parameters:
    ///   - encoding: what the `Content-Type` header says. Without it the page's own `meta` element counts; a page that
    ///     says nothing is UTF-8 where its bytes are, and windows-1252 otherwise (WHATWG HTML §13.2.3.2).
    ///   - maximumBytes: a larger page is refused.
    /// - Throws: `XMLError` for an empty or too large page, one nested deeper than 256 levels, an unknown encoding, or
    ///   bytes that do not fit the encoding which header or page name: the rest would be missing without a word.
    public init(
        parsing bytes: some Collection<UInt8>, encoding: String? = nil, maximumBytes: Int = XMLDocument.usualLimit
    ) throws(XMLError) {
        let bytes = try XMLDocument.checked(bytes, maximumBytes)
        if let encoding { try XMLDocument.check(encoding: encoding) }
        var tree = try Self.read(bytes, encoding: encoding)
        let isMarked = bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
        if encoding == nil, !isMarked, bytes.contains(where: { $0 >= 0x80 }), htmlGetMetaEncoding(tree.pointer) == nil {
            let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
            tree = try isUTF8 ? Self.read(bytes, encoding: "UTF-8") : Self.readWestern(bytes)
        }
        guard let root = tree.root else { throw XMLError(.malformed, "the page has no element") }
        self.root = root
    }

    /// Every element of a name, in order.
    public func elements(_ name: String) -> [XMLElement] { Self.descendants(root).filter { $0.name == name } }

    /// What a reader sees, scripts and styles left out, white space collapsed.
    public var text: String { Self.visibleText(root) }

    /// Every `a` element with an address, in order.
    public var links: [Link] {
        elements("a").compactMap { anchor in
            anchor.attribute("href").map { Link(text: Self.visibleText(anchor), address: $0) }
        }
    }

    /// The text of an element as a reader sees it: scripts and styles left out, words of different cells and paragraphs
    /// apart, white space collapsed.
    public static func visibleText(_ element: XMLElement) -> String {
        var text = ""
        append(element.pointer, to: &text)
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static let hidden: Set<String> = ["script", "style", "noscript", "template"]
    private static let inline: Set<String> = [
        "a", "abbr", "acronym", "b", "big", "cite", "code", "em", "font", "i", "kbd", "locid", "nobr", "s", "samp",
        "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var",
    ]

    private static func append(_ node: xmlNodePtr, to text: inout String) {
        switch node.pointee.type {
        case XML_TEXT_NODE: text += LibXML.string(node.pointee.content) ?? ""
        case XML_ELEMENT_NODE:
            let name = LibXML.string(node.pointee.name) ?? ""
            if hidden.contains(name) { return }
            let isInline = inline.contains(name)
            if !isInline { text += " " }
            for child in XMLElement.siblings(from: node.pointee.children) { append(child, to: &text) }
            if !isInline { text += " " }
        default: break
        }
    }

    private static func descendants(_ element: XMLElement) -> [XMLElement] {
        [element] + element.elements.flatMap(descendants)
    }

    /// In windows-1252, which is only our guess and therefore must not cost the rest of the page: five bytes mean nothing
    /// in it.
    private static func readWestern(_ bytes: ContiguousArray<UInt8>) throws(XMLError) -> XMLTree {
        let undefined: Set<UInt8> = [0x81, 0x8D, 0x8F, 0x90, 0x9D]
        return try read(
            ContiguousArray(bytes.map { undefined.contains($0) ? UInt8(ascii: "?") : $0 }), encoding: "windows-1252")
    }

    private static func read(_ bytes: ContiguousArray<UInt8>, encoding: String?) throws(XMLError) -> XMLTree {
        LibXML.start
        guard let context = htmlNewParserCtxt() else { throw XMLError(.malformed, "out of memory") }
        defer { htmlFreeParserCtxt(context) }
        let options =
            HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NONET.rawValue | HTML_PARSE_NOERROR.rawValue
            | HTML_PARSE_NOWARNING.rawValue
        let (pointer, lostBytes) = LibXML.reading {
            bytes.withUnsafeBytes { raw in
                htmlCtxtReadMemory(
                    context, raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count), nil, encoding,
                    Int32(options))
            }
        }
        let tree = pointer.map(XMLTree.init(taking:))
        guard !lostBytes else { throw XMLError(.malformed, "the page's bytes do not fit its encoding") }
        // The rest of a page that is nested too deeply would be missing without a word.
        if XMLDocument.isDepth(context.pointee.lastError) {
            throw XMLError(.refused, "the page is nested too deeply", line: Int(context.pointee.lastError.line))
        }
        guard let tree else {
            throw XMLError(.malformed, "not a page: \(LibXML.reason(context.pointee.lastError))")
        }
        return tree
    }
}
