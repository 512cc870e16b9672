// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// The CA's own words for the reasons of RFC 5280 §5.3.1.
public struct RevocationReasonTable: Sendable, Hashable {
    private let words: [RevocationReason: JSONValue]

    public init(_ words: [RevocationReason: JSONValue] = [:]) { self.words = words }

    /// Text or number to send; nil for a reason the CA does not take.
    public func word(for reason: RevocationReason) -> JSONValue? { words[reason] }

    /// The reasons the CA takes; empty where it takes none at all.
    public var offered: [RevocationReason] { RevocationReason.allCases.filter { words[$0] != nil } }
}
