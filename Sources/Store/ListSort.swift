// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The order of a list: a sort key, and whether the largest comes first.
public struct ListSort: Sendable, Hashable {
    public let key: String
    public let isDescending: Bool

    public init(_ key: String, isDescending: Bool = false) {
        self.key = key
        self.isDescending = isDescending
    }

    /// - Parameter text: `KEY`, `KEY:asc` or `KEY:desc`.
    public init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard !parts[0].isEmpty, parts.count == 1 || parts.count == 2 && ["asc", "desc"].contains(parts[1]) else {
            return nil
        }
        self.init(parts[0], isDescending: parts.last == "desc" && parts.count == 2)
    }

    public var text: String { isDescending ? "\(key):desc" : key }
}
