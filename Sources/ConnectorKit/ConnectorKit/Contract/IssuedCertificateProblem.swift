// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One difference between a certificate that came back and what was asked for.
public struct IssuedCertificateProblem: Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// The certificate itself is not what was asked for.
        case content
        /// Its certification path leads to no accepted root (RFC 5280 §6), which is rarely a matter of one order.
        case path
        /// The template accepts the difference; it is worth a line in the order's record.
        case remark
    }

    public let kind: Kind
    /// What was found and what was expected.
    public let sentence: String

    public init(_ sentence: String, _ kind: Kind = .content) {
        self.kind = kind
        self.sentence = sentence
    }

    public var description: String { sentence }
}
