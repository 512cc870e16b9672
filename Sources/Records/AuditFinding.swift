// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// Something in the chain that is not as it was written.
public struct AuditFinding: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// A record says something else than it did.
        case edited
        /// Records are missing between others.
        case gap
        /// A record stands in another place than it was written.
        case order
        /// A record was written anew together with its hash, so that the next one does not follow from it.
        case rewritten
        /// Records are missing at the end.
        case cut
        /// Records stand there that no counter has counted.
        case added
    }

    public let kind: Kind
    /// The record at which it was found; the first one that is missing.
    public let number: Int64
    /// One sentence.
    public let sentence: String

    public init(kind: Kind, number: Int64, sentence: String) {
        (self.kind, self.number, self.sentence) = (kind, number, sentence)
    }

    public var json: JSONValue {
        ["kind": .string(kind.rawValue), "number": JSONValue(Int(number)), "sentence": .string(sentence)]
    }
}
