// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CXML2

/// What an expression gave for one element.
final class XPathResult {
    // Owned here alone; freed in deinit. Its nodes belong to the tree.
    private let object: xmlXPathObjectPtr
    private let tree: XMLTree

    init(taking object: xmlXPathObjectPtr, of tree: XMLTree) {
        self.object = object
        self.tree = tree
    }

    deinit { xmlXPathFreeObject(object) }

    var value: XPathValue {
        switch object.pointee.type {
        case XPATH_NODESET:
            .nodes(
                nodes.map { node in
                    node.pointee.type == XML_ELEMENT_NODE
                        ? .element(XMLElement(node, in: tree))
                        : .other(LibXML.take(xmlXPathCastNodeToString(node)) ?? "")
                })
        case XPATH_BOOLEAN: .truth(bool)
        case XPATH_NUMBER: .number(number)
        default: .text(string)
        }
    }

    private var isNodeSet: Bool { object.pointee.type == XPATH_NODESET }
    var string: String { isNodeSet ? strings.first ?? "" : LibXML.take(xmlXPathCastToString(object)) ?? "" }
    var strings: [String] { isNodeSet ? nodes.map { LibXML.take(xmlXPathCastNodeToString($0)) ?? "" } : [string] }
    var bool: Bool { xmlXPathCastToBoolean(object) != 0 }
    var number: Double { xmlXPathCastToNumber(object) }

    var elements: [XMLElement] {
        nodes.compactMap { $0.pointee.type == XML_ELEMENT_NODE ? XMLElement($0, in: tree) : nil }
    }

    /// In document order.
    private var nodes: [xmlNodePtr] {
        guard isNodeSet, let set = object.pointee.nodesetval, set.pointee.nodeNr > 0 else { return [] }
        xmlXPathNodeSetSort(set)
        return (0..<Int(set.pointee.nodeNr)).compactMap { set.pointee.nodeTab[$0] }
    }
}
