// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A number with its noun, as people write it: "1 order", "2 orders".
public struct Plural: Sendable, CustomStringConvertible {
    public let description: String

    /// - Parameters:
    ///   - one: what a single one is called, with its verb where the sentence needs it: `order is due`.
    ///   - many: what several are called; nil for `one` with an s.
    public init(_ count: Int, _ one: String, _ many: String? = nil) {
        description = "\(count) \(count == 1 ? one : many ?? one + "s")"
    }
}
