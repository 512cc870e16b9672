// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CXML2

/// An element of a document that was read. It keeps the document alive; reading it changes nothing.
public struct XMLElement: @unchecked Sendable {
    // Lives as long as `tree`, which is never changed, so that any thread may read it.
    let pointer: xmlNodePtr
    let tree: XMLTree

    /// - Parameter pointer: an element of `tree`.
    init(_ pointer: xmlNodePtr, in tree: XMLTree) {
        self.pointer = pointer
        self.tree = tree
    }

    /// Local name, without prefix.
    public var name: String { LibXML.string(pointer.pointee.name) ?? "" }
    /// Namespace name; nil for none.
    public var namespace: String? { pointer.pointee.ns.flatMap { LibXML.string($0.pointee.href) } }
    /// 1-based line on which it begins.
    public var line: Int { xmlGetLineNo(pointer) }
    /// All text inside, in order, comments left out.
    public var text: String { LibXML.take(xmlNodeGetContent(pointer)) ?? "" }

    /// Whether it has this name; namespaces compare as text.
    public func isNamed(_ name: String, _ namespace: String? = nil) -> Bool {
        self.name == name && self.namespace == namespace
    }

    /// Inner elements, in order.
    public var elements: [XMLElement] {
        XMLElement.siblings(from: pointer.pointee.children).compactMap { node in
            node.pointee.type == XML_ELEMENT_NODE ? XMLElement(node, in: tree) : nil
        }
    }

    /// The first inner element of a name.
    public func element(_ name: String, namespace: String? = nil) -> XMLElement? {
        elements.first { $0.isNamed(name, namespace) }
    }

    public var parent: XMLElement? {
        guard let parent = pointer.pointee.parent, parent.pointee.type == XML_ELEMENT_NODE else { return nil }
        return XMLElement(parent, in: tree)
    }

    /// Attributes in order; namespace declarations are not among them.
    public var attributes: [XMLAttribute] {
        var attributes: [XMLAttribute] = []
        var next = pointer.pointee.properties
        while let attribute = next {
            attributes.append(
                XMLAttribute(
                    name: LibXML.string(attribute.pointee.name) ?? "",
                    namespace: attribute.pointee.ns.flatMap { LibXML.string($0.pointee.href) },
                    prefix: attribute.pointee.ns.flatMap { LibXML.string($0.pointee.prefix) },
                    value: LibXML.take(xmlNodeListGetString(tree.pointer, attribute.pointee.children, 1)) ?? ""))
            next = attribute.pointee.next
        }
        return attributes
    }

    /// The value of an attribute; nil where it is absent.
    public func attribute(_ name: String, namespace: String? = nil) -> String? {
        // Without a namespace nothing else than a plain attribute may answer.
        LibXML.take(
            namespace.map { xmlGetNsProp(pointer, name, $0) } ?? xmlGetNoNsProp(pointer, name))
    }

    /// The element as XML of its own, with the namespaces it needs.
    public var xml: String {
        // The copy brings namespaces along that are declared further out.
        guard let copy = xmlCopyNode(pointer, 1), let buffer = xmlBufferCreate() else { return "" }
        defer {
            xmlFreeNode(copy)
            xmlBufferFree(buffer)
        }
        xmlNodeDump(buffer, nil, copy, 0, 0)
        return LibXML.string(xmlBufferContent(buffer)) ?? ""
    }

    /// A node and its following siblings.
    static func siblings(from first: xmlNodePtr?) -> some Sequence<xmlNodePtr> {
        sequence(state: first) { node in
            defer { node = node?.pointee.next }
            return node
        }
    }
}

/// One attribute of an element.
public struct XMLAttribute: Sendable, Hashable {
    /// Local name.
    public let name: String
    /// Namespace name; nil for none.
    public let namespace: String?
    /// As written; means nothing by itself.
    public let prefix: String?
    public let value: String
}
