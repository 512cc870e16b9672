// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CYAML
public import JSONDocuments

/// Writes values as YAML with libyaml's emitter.
public enum YAMLText {
    /// Block style, two spaces, long text as literal blocks; what `YAMLNode.parse` reads back as the same value, and what
    /// a reader with YAML 1.1 rules (`no`, `0123`) would not take for something else.
    ///
    /// - Parameter keyOrder: keys that come first in every mapping, in this order; the others follow by name.
    public static func emit(_ value: JSONValue, keyOrder: [String] = []) -> String {
        let rank = Dictionary(keyOrder.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let emitter = YAMLEmitter(rank: rank)
        emitter.emitDocument(value)
        return emitter.text
    }
}
