// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CXML2

/// An XML document that came in from outside (XML 1.0, Namespaces in XML 1.0).
///
/// It is read without network, files, entities of its own and DTD: any DOCTYPE is refused, as SOAP 1.1 §3 and the
/// expansion attacks ask for. Nesting is bounded at 256 levels, its size by the caller.
public struct XMLDocument: Sendable {
    /// What is read where nothing else is said, in bytes.
    public static let usualLimit = 5 << 20

    /// The outermost element.
    public let root: XMLElement

    /// Reads a document. Costs about 5 ms for 1 MiB.
    ///
    /// - Parameters:
    ///   - encoding: what a header such as `Content-Type` says; it overrides the document's own declaration (RFC 7303).
    ///   - maximumBytes: a larger document is refused before it is looked at.
    /// - Throws: `XMLError` of kind `malformed` or `refused`, with the line; whoever sent the document must act.
    public init(
        parsing bytes: some Collection<UInt8>, encoding: String? = nil, maximumBytes: Int = usualLimit
    ) throws(XMLError) {
        let bytes = try Self.checked(bytes, maximumBytes)
        if let encoding { try Self.check(encoding: encoding) }
        LibXML.start
        guard let context = xmlNewParserCtxt() else { throw XMLError(.malformed, "out of memory") }
        defer { xmlFreeParserCtxt(context) }
        // Stops at the DOCTYPE itself: nothing in it is looked at.
        context.pointee.sax.pointee.internalSubset = { context, _, _, _ in
            guard let parser = context?.assumingMemoryBound(to: xmlParserCtxt.self) else { return }
            parser.pointee._private = UnsafeMutableRawPointer(parser)
            xmlStopParser(parser)
        }
        // CDATA becomes text, messages stay off the standard error stream.
        let options =
            XML_PARSE_NONET.rawValue | XML_PARSE_NOCDATA.rawValue | XML_PARSE_NOERROR.rawValue
            | XML_PARSE_NOWARNING.rawValue | XML_PARSE_BIG_LINES.rawValue
        let (pointer, lostBytes) = LibXML.reading {
            bytes.withUnsafeBytes { raw in
                xmlCtxtReadMemory(
                    context, raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count), nil, encoding,
                    Int32(options))
            }
        }
        let tree = pointer.map(XMLTree.init(taking:))
        let error = context.pointee.lastError
        let line = Int(error.line) > 0 ? Int(error.line) : nil
        guard context.pointee._private == nil else {
            throw XMLError(
                .refused, "a DOCTYPE is not allowed", line: context.pointee.input.map { Int($0.pointee.line) })
        }
        if error.code == XML_ERR_NAME_TOO_LONG.rawValue || Self.isDepth(error) {
            throw XMLError(.refused, "nested too deeply, or with names or values too long", line: line)
        }
        guard !lostBytes else { throw XMLError(.malformed, "its bytes do not fit its encoding") }
        // Undeclared prefixes are the library's only warning-like errors that leave the document "well-formed".
        guard let tree, context.pointee.wellFormed == 1, context.pointee.nsWellFormed == 1, let root = tree.root else {
            throw XMLError(.malformed, "not well-formed XML: \(LibXML.reason(error))", line: line)
        }
        self.root = root
    }

    /// The document as XML, without declaration.
    public var xml: String { root.xml }

    /// The bytes in one piece, within the limit and not empty.
    static func checked(_ bytes: some Collection<UInt8>, _ maximum: Int) throws(XMLError) -> ContiguousArray<UInt8> {
        guard bytes.count <= min(maximum, Int(Int32.max)) else {
            throw XMLError(.refused, "the document has \(bytes.count) bytes, at most \(maximum) are read")
        }
        guard !bytes.isEmpty else { throw XMLError(.malformed, "the document is empty") }
        return ContiguousArray(bytes)
    }

    static func check(encoding: String) throws(XMLError) {
        guard let handler = xmlFindCharEncodingHandler(encoding) else {
            throw XMLError(.malformed, "the encoding \(encoding.prefix(40)) is not known")
        }
        xmlCharEncCloseFunc(handler)
    }

    /// The library has one code for several limits; only the words tell them from real trouble.
    static func isDepth(_ error: xmlError) -> Bool {
        error.code == XML_ERR_INTERNAL_ERROR.rawValue && LibXML.reason(error).contains("depth")
    }
}
