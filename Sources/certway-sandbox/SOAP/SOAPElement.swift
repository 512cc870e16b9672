// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One XML element of an answer, before it is written.
struct SOAPElement: Sendable {
    struct Attribute: Sendable {
        /// With the prefix, if any; `XMLStyle` declares what is in use.
        let name: String
        let value: String
    }

    /// Empty for an element without a namespace.
    let namespace: String
    let name: String
    var attributes: [Attribute] = []
    var children: [SOAPElement] = []
    var text = ""

    init(
        _ namespace: String, _ name: String, attributes: [Attribute] = [], text: String = "",
        children: [SOAPElement] = []
    ) {
        self.namespace = namespace
        self.name = name
        self.attributes = attributes
        self.text = text
        self.children = children
    }
}
