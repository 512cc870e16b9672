// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How many items a list has, as far as they were counted: counting all of a million rows takes longer than showing fifty.
public struct ListMatches: Sendable, Hashable {
    /// Where counting stops unless somebody asks for more.
    public static let usualLimit = 1000

    public let count: Int
    /// False when there are more than `count`.
    public let exact: Bool

    public init(_ count: Int, exact: Bool = true) {
        self.count = count
        self.exact = exact
    }

    /// - Parameter text: as `text` gives it; nil for anything else.
    init?(text: String) {
        let digits = text.hasSuffix("-") ? text.dropLast() : text[...]
        guard let count = Int(digits), count >= 0 else { return nil }
        self.init(count, exact: digits.count == text.count)
    }

    /// The number, and `-` behind it when there are more.
    public var text: String { exact ? "\(count)" : "\(count)-" }

    /// At least so many.
    func atLeast(_ number: Int) -> ListMatches { number > count ? ListMatches(number, exact: exact) : self }
}
