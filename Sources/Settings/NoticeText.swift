// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A text with names in double braces, such as `Dear {{person}}`. Nothing else in it means anything: it is no program.
public struct NoticeText: Sendable, Hashable {
    public let source: String

    public init(_ source: String) { self.source = source }

    /// The names between braces, in their order, as often as they stand there; an empty one for braces that never close.
    public var names: [String] { parts.compactMap(\.name) }

    /// The text with values in the place of the names; a name without a value leaves nothing.
    public func filled(with values: [String: String]) -> String {
        parts.map { $0.name.map { values[$0] ?? "" } ?? $0.text }.joined()
    }

    private var parts: [(text: String, name: String?)] {
        var (rest, parts): (Substring, [(String, String?)]) = (source[...], [])
        while let open = rest.range(of: "{{") {
            parts.append((String(rest[..<open.lowerBound]), nil))
            guard let close = rest[open.upperBound...].range(of: "}}") else {
                parts.append(("", ""))
                return parts
            }
            let name = rest[open.upperBound..<close.lowerBound].trimmingCharacters(in: .whitespaces)
            parts.append(("", name))
            rest = rest[close.upperBound...]
        }
        return parts + [(String(rest), nil)]
    }
}
