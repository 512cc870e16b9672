// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What an expression gave, by its kind.
public enum XPathValue: Sendable {
    /// Nodes in document order; none where nothing was found.
    case nodes([XPathNode])
    case text(String)
    case number(Double)
    case truth(Bool)
}

/// One node an expression selected.
public enum XPathNode: Sendable {
    case element(XMLElement)
    /// The string value of another node, such as an attribute.
    case other(String)

    public var text: String {
        switch self {
        case .element(let element): element.text
        case .other(let text): text
        }
    }
}
