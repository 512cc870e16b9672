// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CXML2

/// A document as libxml2 holds it, freed with its last element.
final class XMLTree: @unchecked Sendable {
    // Owned here alone and never changed after reading, so that any thread may read it.
    let pointer: xmlDocPtr

    init(taking pointer: xmlDocPtr) { self.pointer = pointer }

    deinit { xmlFreeDoc(pointer) }

    /// The outermost element; nil in a document without any.
    var root: XMLElement? { xmlDocGetRootElement(pointer).map { XMLElement($0, in: self) } }
}
